/** What is measured: backbones with the Query2Label head at its official sizes and the 80 labels of COCO. */
export const MODELS = [
  { name: 'r18-224-b8', depth: 18, size: 224, batch: 8 },
  { name: 'r50-224-b8', depth: 50, size: 224, batch: 8 },
  { name: 'r101-448-b1', depth: 101, size: 448, batch: 1 },
  { name: 'r101-448-b4', depth: 101, size: 448, batch: 4 },
];
export const LABELS = 80;
