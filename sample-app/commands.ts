import { CommandFactory } from 'nest-commander';
import { CliModule } from './cli.module.js';

export async function run(): Promise<void> {
  await CommandFactory.run(CliModule, ['error']);
}
