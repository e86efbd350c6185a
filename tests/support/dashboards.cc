// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dashboards.h"

#include "tests/support/run.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

namespace bw::testing {
namespace {

std::string without_variables(std::string expr) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kValues{
      {{"$job", ".*"}, {"$target", ".*"}, {"$__rate_interval", "1m"}, {"$__range", "1h"}}};
  for (const auto& [name, value] : kValues) {
    for (auto at = expr.find(name); at != std::string::npos; at = expr.find(name)) {
      expr.replace(at, name.size(), value);
    }
  }
  return expr;
}

}  // namespace

std::vector<std::string> dashboard_files() {
  std::vector<std::string> files;
  for (const auto& each :
       std::filesystem::directory_iterator(std::string(BW_SOURCE_DIR) + "/grafana/dashboards")) {
    files.push_back(each.path());
  }
  std::ranges::sort(files);
  return files;
}

std::vector<DashboardQuery> dashboard_queries() {
  std::vector<DashboardQuery> queries;
  for (const auto& file : dashboard_files()) {
    const auto board = nlohmann::json::parse(read_file(file));
    for (const auto& panel : board.at("panels")) {
      if (panel.at("type") == "row") continue;
      for (const auto& target : panel.at("targets")) {
        queries.push_back({std::filesystem::path(file).stem().string() + ": " +
                               panel.at("title").get<std::string>(),
                           without_variables(target.at("expr"))});
      }
    }
  }
  return queries;
}

}  // namespace bw::testing
