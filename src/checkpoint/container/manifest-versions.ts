import { isRecord } from '../../common/guards.js';
import { CONTAINER_VERSION } from '../checkpoint-manifest.js';

type Document = Readonly<Record<string, unknown>>;

/** Makes a manifest of one version into one of the next; files are never rewritten for it. */
export type ManifestUpgrade = (manifest: Document) => Document;

/**
 * The way from each released version to the next: the first entry leads from version 1 to 2. Whoever raises `CONTAINER_VERSION` adds the
 * upgrade here and a folder of the version before to `test/fixtures/checkpoints`.
 */
export const MANIFEST_UPGRADES: readonly ManifestUpgrade[] = [];

/** A manifest whose version is not known here. */
export class UnknownVersionError extends Error {
  override readonly name = 'UnknownVersionError';
}

/**
 * The document in the form of the newest version.
 * @param upgrades default those of this platform
 * @throws UnknownVersionError
 */
export function upgradeManifest(document: unknown, upgrades = MANIFEST_UPGRADES): unknown {
  const newest = upgrades.length + 1;
  const version = isRecord(document) ? document.formatVersion : undefined;
  if (!isRecord(document) || version === undefined) throw new UnknownVersionError('is not a manifest: it states no formatVersion'); // prettier-ignore
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || version > newest) {
    throw new UnknownVersionError(`has format version ${JSON.stringify(version)}; this version of the platform reads 1 to ${newest}`); // prettier-ignore
  }
  return upgrades
    .slice(version - 1)
    .reduce<Document>(
      (manifest, upgrade, index) => ({ ...upgrade(manifest), formatVersion: version + index + 1 }),
      document,
    );
}

if (CONTAINER_VERSION !== MANIFEST_UPGRADES.length + 1) {
  throw new Error(`Container version ${CONTAINER_VERSION} has ${MANIFEST_UPGRADES.length} upgrades; one is missing.`);
}
