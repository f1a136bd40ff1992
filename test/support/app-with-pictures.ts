import { PICTURE_OPTIONS, writePictureFolder } from './picture-folder.js';
import { type StartedApp, startApp } from './start-app.js';
import { temporaryFolder } from './temporary-folder.js';

/** Input of `importDataset` for the pictures. */
export const PICTURE_IMPORT = {
  name: 'colours',
  importer: { name: 'jsonl', options: PICTURE_OPTIONS },
  folder: 'pictures',
} as const;

export interface AppWithPictures extends StartedApp {
  /** Where the pictures lie: what `writePictureFolder` writes. */
  readonly pictures: string;
}

/** The whole server inside this process, with pictures that it may import. @param environment further keys of the configuration */
export async function startAppWithPictures(
  environment: Readonly<Record<string, string>> = {},
): Promise<AppWithPictures> {
  const pictures = await temporaryFolder();
  await writePictureFolder(pictures.path);
  const app = await startApp({ Q2L_IMPORT_FOLDERS: `pictures=${pictures.path}`, ...environment });
  const stop = async (): Promise<void> => {
    await app.stop();
    await pictures.remove();
  };
  return { ...app, pictures: pictures.path, stop };
}
