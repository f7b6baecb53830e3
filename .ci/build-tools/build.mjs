// Builds stock programs from the Go module proxy, those that the cache lacks, and prints a line `name path` for each that was asked for.
// In order: two builds at once would only take each other's memory.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** `cache` names the folder: change it with whatever changes the program. */
const programs = {
  k6: { cache: 'k6-2.2.0', module: 'go.k6.io/k6/v2', version: 'v2.2.0', package: 'go.k6.io/k6/v2' },
  toxiproxy: {
    cache: 'toxiproxy-2.12.0',
    module: 'github.com/Shopify/toxiproxy/v2',
    version: 'v2.12.0',
    package: 'github.com/Shopify/toxiproxy/v2/cmd/server',
  },
  // The binary of Jaeger 2.13; later 2.x tags are no modules.
  jaeger: {
    cache: 'jaeger-2.13.0',
    module: 'github.com/jaegertracing/jaeger',
    version: 'v1.76.0',
    package: 'github.com/jaegertracing/jaeger/cmd/jaeger',
    ldflags: '-X github.com/jaegertracing/jaeger/internal/version.latestVersion=v2.13.0',
  },
  // 2.6, of the main branch: the checksum database does not have it, Grafana's repository publishes its hashes.
  tempo: {
    cache: 'tempo-2.6-20241001',
    module: 'github.com/grafana/tempo',
    version: 'v1.5.1-0.20241001135150-ed943d7a56b2',
    package: 'github.com/grafana/tempo/cmd/tempo',
    sums: ['h1:XMreZ1SPjLpd9zhql5FXKFYwAcgBzS2E2MOPx4n+FyY=', 'h1:UKONJhBCxmL+0ri27VMledCVzZIJqnl6Ah24A5vCRzs='],
  },
  // 3.x. Without the tag a discovery that nobody here needs wants a module that the proxy lacks.
  prometheus: {
    cache: 'prometheus-3-0.316.0',
    module: 'github.com/prometheus/prometheus',
    version: 'v0.316.0',
    package: 'github.com/prometheus/prometheus/cmd/prometheus',
    tags: 'remove_all_sd',
  },
};

const tools = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'showrunner-ci', 'tools');

for (const name of process.argv.slice(2)) {
  const folder = join(tools, programs[name].cache);
  const binary = join(folder, name);
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    build(programs[name], `${binary}.part`);
    renameSync(`${binary}.part`, binary);
  }
  console.log(`${name} ${binary}`);
}

/**
 * In a module of its own: `go install` refuses modules that replace others, and looks up vanity hosts for deprecations. The module's own go.sum
 * has every dependency checked against the hashes that its authors published. Without C, so that it runs in an image that holds nothing else.
 */
function build({ module, version, package: main, sums, tags, ldflags }, out) {
  const work = mkdtempSync(join(tools, 'build-'));
  const run = (...args) =>
    execFileSync('go', args, {
      cwd: work,
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/local/go/bin`, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 26,
    });
  try {
    run('mod', 'init', 'showrunner-ci/tool');
    run('mod', 'edit', `-require=${module}@${version}`);
    if (sums) {
      appendFileSync(join(work, 'go.sum'), `${module} ${version} ${sums[0]}\n${module} ${version}/go.mod ${sums[1]}\n`);
    }
    const { GoMod, Dir } = JSON.parse(run('mod', 'download', '-json', `${module}@${version}`));
    appendFileSync(join(work, 'go.sum'), readFileSync(join(Dir, 'go.sum')));
    const { Replace } = JSON.parse(run('mod', 'edit', '-json', GoMod));
    for (const { Old, New } of Replace ?? []) {
      // A module that is replaced by a folder of the repository is published with it.
      if (!New.Version) continue;
      const old = Old.Version ? `${Old.Path}@${Old.Version}` : Old.Path;
      run('mod', 'edit', `-replace=${old}=${New.Path}@${New.Version}`);
    }
    run(
      'build',
      '-trimpath',
      ...(tags ? ['-tags', tags] : []),
      ...(ldflags ? ['-ldflags', ldflags] : []),
      '-o',
      out,
      main,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
