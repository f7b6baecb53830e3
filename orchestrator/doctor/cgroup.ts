import type { Engine } from '../runtime/containers/engine.ts';
import { checkOfEngine, ok, rulesOutContainers } from './check.ts';

/** Whether the engine can limit what a container uses: every part of the shop has limits. */
export const cgroupCheck = () =>
  checkOfEngine(async (engine, context) => {
    const { cgroupVersion, limits } = engine;
    const missing = [...(limits.cpu ? [] : ['CPU']), ...(limits.memory ? [] : ['memory'])];
    if (missing.length === 0) return ok(`version ${cgroupVersion}, limits CPU and memory`);
    const found = `version ${cgroupVersion}, cannot limit ${missing.join(' and ')}`;
    return rulesOutContainers(context, found, remedyFor(engine));
  });

/** https://docs.docker.com/engine/security/rootless/tips/#limiting-resources, https://docs.docker.com/engine/install/troubleshoot/#kernel-cgroup-swap-limit-capabilities */
function remedyFor({ rootless, cgroupVersion, limits }: Engine): string {
  if (rootless && cgroupVersion === '2') {
    return String.raw`sudo mkdir -p /etc/systemd/system/user@.service.d && printf '[Service]\nDelegate=cpu cpuset io memory pids\n' | sudo tee /etc/systemd/system/user@.service.d/delegate.conf && sudo systemctl daemon-reload, then log in again`;
  }
  if (rootless)
    return 'use an engine that has root, or cgroup v2: add `systemd.unified_cgroup_hierarchy=1` to the command line of the kernel';
  if (!limits.cpu)
    return 'use a kernel with CONFIG_CFS_BANDWIDTH: `zgrep CFS_BANDWIDTH /proc/config.gz /boot/config-$(uname -r)`';
  return 'add `cgroup_enable=memory` to the command line of the kernel (GRUB_CMDLINE_LINUX in /etc/default/grub), then `sudo update-grub && sudo reboot`';
}
