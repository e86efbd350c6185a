// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace bw::testing {

struct DashboardQuery {
  std::string where;  // "overview: Suspicion"
  std::string expr;   // its variables replaced: everything, over an hour
};
// Every PromQL expression of the panels of grafana/dashboards/*.json.
[[nodiscard]] std::vector<DashboardQuery> dashboard_queries();
[[nodiscard]] std::vector<std::string> dashboard_files();

}  // namespace bw::testing
