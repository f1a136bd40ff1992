import { request } from 'node:http';

/** Sends a picture that never ends; stops when the server answers. @returns the answer, and how many bytes were sent */
export function endlessUpload(url: string, start: Buffer): Promise<{ status?: number; body: string; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const upload = request(`${url}/images`, { method: 'POST', headers: { 'content-type': 'image/jpeg' } }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => (body += text));
      answer.on('end', () => {
        upload.destroy();
        resolve({ status: answer.statusCode, body, sent });
      });
    });
    upload.on('error', (error) => (upload.destroyed ? undefined : reject(error)));
    upload.write(start);
    const send = (): void => {
      if (upload.destroyed || sent > 50_000_000) return;
      sent += 16_384;
      upload.write(Buffer.alloc(16_384, sent % 251), () => setImmediate(send));
    };
    send();
  });
}
