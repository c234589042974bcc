import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ServerModule } from './server.module.js';

export async function run(): Promise<void> {
  const port = Number(process.env['PORT'] ?? 3000);
  const app = await NestFactory.create(ServerModule);
  // On SIGTERM what was counted last goes to Redis before the process ends.
  app.enableShutdownHooks();
  try {
    await app.listen(port, process.env['HOST'] ?? '0.0.0.0');
  } catch (error) {
    // Nest has logged it already.
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      Logger.error(
        `Port ${port} is taken: end the program that listens there, or choose another with PORT=...`,
        'Shop',
      );
    }
    process.exitCode = 1;
    await app.close();
    return;
  }
  Logger.log(`Listening on ${await app.getUrl()}`, 'Shop');
}
