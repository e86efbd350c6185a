// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/server.h"
#include "tests/support/sample_snapshot.h"

#include <functional>
#include <iostream>
#include <map>
#include <string>

// Prints what a sample snapshot looks like: sample_page [page|metrics|status] [calm|busy|hostile|
// starting]. For looking at, and for checks that need a file.
int main(int count, char** arguments) {
  const std::map<std::string, std::function<std::string(const bw::Snapshot&)>> bodies{
      {"page", bw::render_status_page},
      {"metrics", bw::render_metrics},
      {"status", bw::render_status_json}};
  const std::map<std::string, std::function<bw::Snapshot()>> snapshots{
      {"calm", bw::testing::calm_snapshot},
      {"busy", bw::testing::busy_snapshot},
      {"hostile", bw::testing::hostile_snapshot},
      {"starting", bw::testing::starting_snapshot}};
  const auto body = bodies.find(count > 1 ? arguments[1] : "page");
  const auto snapshot = snapshots.find(count > 2 ? arguments[2] : "busy");
  if (body == bodies.end() || snapshot == snapshots.end()) {
    std::cerr << "usage: sample_page [page|metrics|status] [calm|busy|hostile|starting]\n";
    return 2;
  }
  std::cout << body->second(snapshot->second());
  return 0;
}
