import type { Target } from '../expectations/expectation.ts';
import type { Position } from '../errors.ts';
import { type Catalogue, lookUp } from './catalogue.ts';
import type { Reader } from './reader.ts';
import { type ProblemList, quote } from './source-file.ts';
import { list, suggest } from './suggest.ts';

/** What tells whether something can be seen: the shop, and the load it is under. */
export interface TargetContext {
  readonly problems: ProblemList;
  readonly catalogue: Pick<Catalogue, 'shop'>;
  readonly traffic: Traffic;
}

/** What the loads of an act send together. */
export interface Traffic {
  /** Their profiles, as the show names them. */
  readonly profiles: readonly string[];
  /** Routes per service; undefined where one of them does not say what it reaches. */
  readonly reaches: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A reader that knows the names a show may use. */
export interface ShowReader extends Reader {
  readonly catalogue: Catalogue;
}

/** A reader of one act, which knows the load it plays under. */
export interface ActReader extends ShowReader, TargetContext {
  readonly catalogue: Catalogue;
}

/** Whether the loads send requests there; true where they do not say. */
export function hasTraffic({ reaches }: Traffic, target: Target): boolean {
  if (!reaches) return true;
  const routes = lookUp(reaches, target.service);
  return routes !== undefined && (target.route === undefined || routes.includes(target.route));
}

/** ``the profile `night` sends no traffic to `archive` ``. */
function lacksTraffic({ profiles }: Traffic, target: Target): string {
  const where = describeTraffic(target);
  if (profiles.length === 0) return `no load plays in this act, so there is no traffic on ${where}`;
  if (profiles.length === 1) return `the profile ${list(profiles)} sends no traffic to ${where}`;
  return `the profiles ${list(profiles)} send no traffic to ${where}`;
}

/** What to do where no load plays. */
const anotherLoad = 'let a load play in it: `from` and `until` say in which acts one does';

export function describeTraffic(target: Target): string {
  return quote(target.route === undefined ? target.service : `${target.service} ${target.route}`);
}

/** Where in the file a target's service and route are written. */
export interface TargetPlaces {
  readonly service: Position;
  readonly route: Position;
}

/** Reports a target that does not exist in the shop, sends no telemetry, or gets no traffic. */
export function checkTarget(reader: TargetContext, target: Target, places: TargetPlaces): void {
  const { services } = reader.catalogue.shop;
  const service = lookUp(services, target.service);
  const add = (at: Position, message: string, hint: string) => reader.problems.add(at, message, hint);
  if (!service) {
    add(places.service, `there is no service ${quote(target.service)}`, suggest(target.service, Object.keys(services)));
  } else if (!service.instrumented) {
    const callers = Object.values(services)
      .filter(({ calls }) => calls.includes(target.service))
      .map(({ name }) => name);
    add(
      places.service,
      `${quote(target.service)} sends no telemetry, so nothing can be seen on it`,
      `look at it from its caller: ${list(callers)}`,
    );
  } else if (target.route !== undefined && !service.routes.includes(target.route)) {
    add(
      places.route,
      `${quote(target.service)} has no route ${quote(target.route)}`,
      suggest(target.route, service.routes),
    );
  } else if (!hasTraffic(reader.traffic, target)) {
    const { profiles, reaches = {} } = reader.traffic;
    const reached = lookUp(reaches, target.service) ?? Object.keys(reaches);
    const at = target.route === undefined ? places.service : places.route;
    const hint = `${profiles.length === 1 ? 'it reaches' : 'they reach'} ${list(reached)}`;
    add(at, lacksTraffic(reader.traffic, target), profiles.length === 0 ? anotherLoad : hint);
  }
}
