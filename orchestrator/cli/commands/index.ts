import { backendCommand } from './backend.ts';
import { backendsCommand } from './backends.ts';
import { checkCommand } from './check.ts';
import { cleanCommand } from './clean.ts';
import type { CreateCommand } from './command.ts';
import { doctorCommand } from './doctor.ts';
import { imagesCommand } from './images.ts';
import { listCommand } from './list.ts';
import { loadCommand } from './load.ts';
import { loopCommand } from './loop.ts';
import { replayCommand } from './replay.ts';
import { runCommand } from './run.ts';
import { validateCommand } from './validate.ts';

/** Every command by its name, in the order of the help. */
export const commands = {
  run: runCommand,
  check: checkCommand,
  loop: loopCommand,
  load: loadCommand,
  validate: validateCommand,
  list: listCommand,
  replay: replayCommand,
  backends: backendsCommand,
  backend: backendCommand,
  doctor: doctorCommand,
  images: imagesCommand,
  clean: cleanCommand,
} satisfies Record<string, CreateCommand>;
