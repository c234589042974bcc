/** `node command-empty.js`: a process that runs a command of nest-commander which does nothing. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { Command, CommandFactory, CommandRunner } from 'nest-commander';
import { reportAtEnd } from './report-at-end.js';

reportAtEnd();

@Command({ name: 'push' })
class EmptyCommand extends CommandRunner {
  run(): Promise<void> {
    return Promise.resolve();
  }
}

@Module({ providers: [EmptyCommand] })
class CliModule {}

process.argv.splice(2, Infinity, 'push');
await CommandFactory.run(CliModule, ['error']);
