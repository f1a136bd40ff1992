import { z } from 'zod';
import { defineOperation } from '../operation.js';
import { outcomeOf, REFUSAL_WITH_FIELDS_FRAGMENT } from '../refusal.js';

const runSchema = z.object({
  id: z.string(),
  status: z.string(),
  problem: z.string().nullable(),
  bestMetric: z.number().nullable(),
});

const ablationSchema = z.object({
  id: z.string(),
  name: z.string(),
  metric: z.string(),
  runCount: z.number(),
  finishedCount: z.number(),
  cells: z.array(
    z.object({
      settings: z.record(z.string(), z.unknown()),
      mean: z.number().nullable(),
      spread: z.number().nullable(),
      runs: z.array(runSchema),
    }),
  ),
  table: z.string(),
  plot: z.string(),
});
export type AblationDetails = z.infer<typeof ablationSchema>;

const ABLATION_FIELDS = `id name metric runCount finishedCount table plot
  cells { settings mean spread runs { id status problem bestMetric } }`;

export const ABLATION = defineOperation(
  `query Ablation($id: ID!) { ablation(id: $id) { ${ABLATION_FIELDS} } }`,
  z.object({ ablation: ablationSchema }),
);

export const START_ABLATION = defineOperation(
  `mutation StartAblation($input: StartAblationInput!) {
    startAblation(input: $input) { ... on Ablation { ${ABLATION_FIELDS} } ${REFUSAL_WITH_FIELDS_FRAGMENT} }
  }`,
  z.object({ startAblation: outcomeOf(ablationSchema) }),
);
