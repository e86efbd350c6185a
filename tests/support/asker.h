// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/net/net.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace bw::test {

// A Net with its loop, for tests that ask and wait.
class Asker {
 public:
  explicit Asker(NetSettings settings = {}) : net(loop, std::move(settings)) {}

  Reply ask(Ask ask) { return ask_all({std::move(ask)}).front(); }

  // All at once; the replies in the order of the asks.
  std::vector<Reply> ask_all(std::vector<Ask> asks) {
    std::vector<Reply> replies(asks.size());
    std::size_t missing = asks.size();
    for (std::size_t i = 0; i < asks.size(); ++i) {
      net.start(std::move(asks[i]), [&replies, &missing, i](Reply reply) {
        replies[i] = std::move(reply);
        --missing;
      });
    }
    const auto limit = std::chrono::steady_clock::now() + Seconds{60};
    while (missing > 0 && std::chrono::steady_clock::now() < limit)
      loop.run_once(Micros{100'000});
    EXPECT_EQ(missing, 0U) << "asks without a reply";
    return replies;
  }

  Loop loop{Clock{}};
  Net net;
};

inline Ask get(std::string url, Millis deadline = Millis{10'000}) {
  HttpAsk ask;
  ask.url = std::move(url);
  return {.what = std::move(ask), .deadline = deadline};
}

}  // namespace bw::test
