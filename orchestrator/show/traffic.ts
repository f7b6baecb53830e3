import type { Target } from '../expectations/expectation.ts';
import type { Position } from '../errors.ts';
import { type Catalogue, type KnownProfile, lookUp } from './catalogue.ts';
import type { Reader } from './reader.ts';
import { type ProblemList, quote } from './source-file.ts';
import { list, suggest } from './suggest.ts';

/** What tells whether something can be seen: the shop, and the load it is under. */
export interface TargetContext {
  readonly problems: ProblemList;
  readonly catalogue: Pick<Catalogue, 'shop'>;
  readonly profileName: string;
  /** Undefined while the profile is not known. */
  readonly profile: KnownProfile | undefined;
}

/** A reader that knows the names a show may use, and the load it plays under. */
export interface ShowReader extends Reader, TargetContext {
  readonly catalogue: Catalogue;
}

/** Whether the show's load profile sends requests there; true where the profile does not say. */
export function hasTraffic({ profile }: Pick<TargetContext, 'profile'>, target: Target): boolean {
  if (!profile?.reaches) return true;
  const routes = lookUp(profile.reaches, target.service);
  return routes !== undefined && (target.route === undefined || routes.includes(target.route));
}

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
  } else if (!hasTraffic(reader, target)) {
    const reached = lookUp(reader.profile?.reaches ?? {}, target.service) ?? Object.keys(reader.profile?.reaches ?? {});
    const at = target.route === undefined ? places.service : places.route;
    add(
      at,
      `the profile ${quote(reader.profileName)} sends no traffic to ${describeTraffic(target)}`,
      `it reaches ${list(reached)}`,
    );
  }
}
