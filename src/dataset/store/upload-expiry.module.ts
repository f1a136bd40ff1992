import { Module } from '@nestjs/common';
import { DatasetModule } from '../dataset.module.js';
import { ExpiredUploads } from './expired-uploads.js';

/** Looks after uploads that have expired; a part of the server alone, not of its workers. */
@Module({ imports: [DatasetModule], providers: [ExpiredUploads] })
export class UploadExpiryModule {}
