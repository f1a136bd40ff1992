import { describe, it } from '@jest/globals';
import { testImporter } from '@query2label/sdk/testing';
import { CocoImporter, CocoReleaseImporter, CsvImporter, FolderImporter, JsonLinesImporter } from './index.js';
import { NusWideImporter, VisualGenomeImporter, VocImporter } from './index.js';

const instances = JSON.stringify({
  images: [
    { id: 1, file_name: 'a.jpg' },
    { id: 2, file_name: 'b.jpg' },
  ],
  annotations: [
    { id: 1, image_id: 1, category_id: 3 },
    { id: 2, image_id: 1, category_id: 1 },
    { id: 3, image_id: 2, category_id: 1, iscrowd: 1 },
  ],
  categories: [
    { id: 1, name: 'person' },
    { id: 3, name: 'Mülleimer' },
  ],
});

testImporter(
  {
    provider: new CocoImporter(),
    options: { splits: [{ split: 'train', annotations: 'train.json', images: 'photos' }] },
    files: { 'train.json': instances },
  },
  { describe, it },
);

testImporter(
  {
    provider: new CocoReleaseImporter(),
    files: { 'annotations/instances_train2014.json': instances, 'annotations/instances_val2014.json': instances },
  },
  { describe, it },
);

testImporter(
  {
    provider: new CsvImporter(),
    options: { file: 'rows.csv', unknownColumn: 'maybe' },
    files: { 'rows.csv': 'image,labels,maybe\na.jpg,cat|Bär,dog\nb.jpg,,cat\n' },
  },
  { describe, it },
);

testImporter(
  {
    provider: new JsonLinesImporter(),
    options: { file: 'rows.jsonl' },
    files: { 'rows.jsonl': '{"image":"a.jpg","labels":["cat","Bär"]}\n{"image":"b.jpg","labels":[]}\n' },
  },
  { describe, it },
);

testImporter(
  {
    provider: new FolderImporter(),
    files: { 'train/cat/1.jpg': '', 'train/dog/2.png': '', 'val/cat/3.jpg': '', 'readme.txt': '' },
  },
  { describe, it },
);

const annotation = (...names: string[]): string =>
  `<annotation>${names.map((name) => `<object><name>${name}</name><difficult>0</difficult></object>`).join('')}</annotation>`;

testImporter(
  {
    provider: new VocImporter(),
    files: {
      'VOCdevkit/VOC2007/ImageSets/Main/trainval.txt': '000005\n000007\n',
      'VOCdevkit/VOC2007/ImageSets/Main/test.txt': '000001\n',
      'VOCdevkit/VOC2007/Annotations/000005.xml': annotation('chair', 'dog'),
      'VOCdevkit/VOC2007/Annotations/000007.xml': annotation('person'),
      'VOCdevkit/VOC2007/Annotations/000001.xml': annotation('cat'),
    },
  },
  { describe, it },
);

testImporter(
  {
    provider: new NusWideImporter(),
    files: {
      'ConceptsList/Concepts81.txt': 'airport\nanimal\n',
      'ImageList/TrainImagelist.txt': 'actor\\0001_21.jpg\r\nzoo\\0003_23.jpg\r\n',
      'ImageList/TestImagelist.txt': 'zoo\\0004_24.jpg\n',
      'Groundtruth/TrainTestLabels/Labels_airport_Train.txt': '1\r\n0\r\n',
      'Groundtruth/TrainTestLabels/Labels_animal_Train.txt': '1\n1\n',
      'Groundtruth/TrainTestLabels/Labels_airport_Test.txt': '0\n',
      'Groundtruth/TrainTestLabels/Labels_animal_Test.txt': '1',
    },
  },
  { describe, it },
);

testImporter(
  {
    provider: new VisualGenomeImporter(),
    options: { labelCount: 3 },
    files: {
      'train_list_500.txt': '2335991.jpg\n2335992.jpg\n',
      'test_list_500.txt': '1.jpg\n',
      'vg_category_500_labels_index.json': JSON.stringify({
        '1.jpg': [],
        '2335991.jpg': [2, 0],
        '2335992.jpg': [1],
      }),
      'VG_100K/2335991.jpg': '',
      'VG_100K_2/2335992.jpg': '',
    },
  },
  { describe, it },
);
