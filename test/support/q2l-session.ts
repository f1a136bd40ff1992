import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { stringify } from 'yaml';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { type OwnServer, startOwnServer } from './own-server.js';
import { documentsOf, type Q2lResult, runQ2l } from './run-q2l.js';
import { SCENE_OPTIONS, TINY_PIPELINE, TINY_RECIPE, writeSceneFolder } from './scene-folder.js';

/**
 * Somebody at a command line beside a server of a suite's own. In the folder lie `pipeline.yaml` and `recipe.json`, both tiny, and rendered
 * scenes, which the server may import by the name `scenes`.
 */
export class Q2lSession {
  private constructor(
    private readonly own: OwnServer,
    /** A picture that is in no dataset. */
    readonly picture: string,
  ) {}

  static async start(): Promise<Q2lSession> {
    let picture = '';
    const own = await startOwnServer({ Q2L_IMPORT_FOLDERS: 'scenes=scenes' }, async (folder) => {
      const { unseen } = await writeSceneFolder(join(folder, 'scenes'));
      picture = unseen[0].path;
      await writeFile(join(folder, 'pipeline.yaml'), stringify(TINY_PIPELINE));
      await writeFile(join(folder, 'recipe.json'), JSON.stringify(TINY_RECIPE));
    });
    return new Q2lSession(own, picture);
  }

  get folder(): string {
    return this.own.folder;
  }

  end(): Promise<void> {
    return this.own.remove();
  }

  run(...arguments_: string[]): Promise<Q2lResult> {
    return runQ2l(arguments_, { folder: this.folder, environment: { Q2L_SERVER: this.own.client.url } });
  }

  /** What a person sees. */
  async text(...arguments_: string[]): Promise<string> {
    const result = await this.run(...arguments_);
    expect(result).toMatchObject({ exitCode: EXIT_CODES.success });
    return result.output;
  }

  /** What a program reads: documents, and nothing else anywhere. */
  async documents(...arguments_: string[]): Promise<Readonly<Record<string, unknown>>[]> {
    const result = await this.run(...arguments_, '--json');
    expect(result).toMatchObject({ exitCode: EXIT_CODES.success, errors: '' });
    return documentsOf(result);
  }

  /** A refusal: its exit code, its words, and the same as a document. */
  async refused(code: string, words: RegExp, ...arguments_: string[]): Promise<void> {
    const [told, written] = await Promise.all([this.run(...arguments_), this.run(...arguments_, '--json')]);
    expect(told).toMatchObject({ exitCode: EXIT_CODES.refused, output: '', errors: expect.stringMatching(words) });
    expect(written).toMatchObject({ exitCode: EXIT_CODES.refused, errors: '' });
    expect(documentsOf(written)).toEqual([{ error: expect.objectContaining({ code, message: expect.any(String) }) }]);
  }

  /** Imports the scenes as the dataset `scenes`, as a person does. */
  importScenes(): Promise<Q2lResult> {
    return this.run('datasets', 'import', 'scenes', 'scenes', '--options', JSON.stringify(SCENE_OPTIONS));
  }
}
