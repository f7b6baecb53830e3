// `showrunner load` on k6's image: the same as on the engines of a bare machine.
import { afterAll } from 'vitest';
import { connectEngine } from '../../orchestrator/runtime/containers/engine.ts';
import { isLoadOnEngine } from '../support/container-subjects.ts';
import { provideK6Image } from '../support/k6-image.ts';
import { loadCommand } from '../support/load-command.ts';

afterAll(await provideK6Image(await connectEngine()));

loadCommand('k6-container', isLoadOnEngine);
