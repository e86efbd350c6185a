// SPDX-License-Identifier: Apache-2.0
// Does signing in behave: the right password in, the wrong one out, nobody challenged anew?
// Taught by: account take-over waves and forced resets; and one broken check that let everybody in.
// Fooled by: a canary account that is locked; bot defence that dislikes the monitor.
#include "daemon/verdict/rules/catalog.h"

#include <array>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>(
    {"sign_in/accepts_wrong", "sign_in/rejects_right", "sign_in/challenged"});

void weigh(const Scene& scene, Signs& signs) {
  std::array<std::vector<std::string>, 3> found;
  std::array<std::vector<std::uint64_t>, 3> cites;
  for (const auto target : scene.scope.failing) {
    const auto view = scene.history.view(target);
    const auto outcome = view.worst->latest.outcome;
    const int which = outcome == Outcome::login_accepts_wrong ? 0
                      : outcome == Outcome::login_rejected    ? 1
                      : outcome == Outcome::login_challenged  ? 2
                                                              : -1;
    if (which < 0) continue;
    found.at(static_cast<std::size_t>(which)).push_back(scene.estate.targets[target].id);
    cites.at(static_cast<std::size_t>(which)).push_back(view.worst->latest_seq);
  }
  constexpr std::array<const char*, 3> kClaims{"a wrong password is accepted at ",
                                               "the right password is refused at ",
                                               "a challenge stands before everybody at "};
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found.at(i).empty()) continue;
    signs.push_back(
        {kSignals.at(i), kClaims.at(i) + list_in_words(found.at(i)), std::move(cites.at(i))});
  }
}

}  // namespace

const Rule rules::sign_in{
    .name = "sign_in",
    .question = "Does signing in behave: the right password in, the wrong one out?",
    .teacher = "Forced resets after account take-over waves; one broken check let everybody in.",
    .fooled_by = "A canary account that is locked; bot defence that dislikes the monitor.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
