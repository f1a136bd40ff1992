import type { GraphqlClient } from './graphql-client.js';

/** Mutations that make something, with the types of their input and of what they make. */
const MUTATIONS = {
  importDataset: ['ImportDatasetInput', 'Dataset'],
  createPipeline: ['CreatePipelineInput', 'Pipeline'],
  startTrainingRun: ['StartTrainingRunInput', 'TrainingRun'],
} as const;

interface Answer {
  readonly id?: string;
  readonly message?: string;
}

/** @returns the id of what the mutation made @throws with the words of a refusal */
export async function make(client: GraphqlClient, mutation: keyof typeof MUTATIONS, input: object): Promise<string> {
  const [inputType, type] = MUTATIONS[mutation];
  const query = `mutation ($input: ${inputType}!) {
    ${mutation}(input: $input) { ... on ${type} { id } ... on UserError { message } }
  }`;
  const { id, message } = (await client.data<Record<string, Answer>>(query, { input }))[mutation];
  if (id === undefined) throw new Error(`${mutation}: ${message ?? 'no answer'}`);
  return id;
}

/** Imports a folder of pictures with a folder for each label. @param folder name of the import folder */
export function importLabelFolders(client: GraphqlClient, folder: string): Promise<string> {
  return make(client, 'importDataset', {
    ...{ name: folder, folder, importer: { name: 'folder', options: {} }, wait: true },
  });
}
