import { z } from '@query2label/sdk';
import { splitName } from '../paths.js';

/** Options that tables of rows share, whatever their format. */
export const tableOptions = {
  file: z.string().min(1).describe('The file with one row per image, below the imported folder'),
  images: z.string().default('').describe('Folder that the paths of images are relative to, below the imported folder'),
  imageColumn: z.string().min(1).default('image').describe('Column with the path of the image'),
  labelsColumn: z.string().min(1).default('labels').describe('Column with the labels that are present'),
  unknownColumn: z
    .string()
    .min(1)
    .optional()
    .describe('Column with the labels of which it is not known whether they are present; none by default'),
  splitColumn: z.string().min(1).optional().describe('Column with the name of the split; none by default'),
  split: splitName.default('train').describe('Split of rows without a split column'),
  labelSeparator: z.string().min(1).default('|').describe('Text between the labels of one image'),
  labels: z
    .array(z.string().min(1))
    .optional()
    .describe('All labels in their order; others are then refused. By default labels are numbered as they appear'),
};

/** Those options after validation. */
export type TableOptions = z.output<z.ZodObject<typeof tableOptions, z.core.$strict>>;
