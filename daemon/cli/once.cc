// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/once.h"

#include "daemon/loop.h"
#include "daemon/net/net.h"

namespace bw::cli {

void look_once(const Config& config,
               const std::vector<TargetIndex>& targets,
               const std::function<void(const Prober::Seen&)>& each) {
  if (targets.empty()) return;
  Loop loop{Clock()};
  Net net(loop, config.net);
  Prober prober(config.estate, config.watched, config.estate.vantage(config.vantage).value_or(0));
  std::size_t left = targets.size();
  std::function<void(Prober::Ready)> ask = [&](Prober::Ready ready) {
    net.start(std::move(ready.ask), [&, id = ready.id](const Reply& reply) {
      auto progress = prober.read(id, reply, loop.clock().now());
      if (progress.next) return ask(*std::move(progress.next));
      if (!progress.seen) return;
      each(*progress.seen);
      if (--left == 0) loop.stop();
    });
  };
  loop.after(Micros{0}, [&] {
    for (const auto target : targets) {
      if (auto ready = prober.look_now(target, loop.turn().now)) ask(*std::move(ready));
    }
  });
  loop.run();
}

}  // namespace bw::cli
