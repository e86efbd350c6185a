// SPDX-License-Identifier: Apache-2.0
// Was it announced?
// Taught by: a supermarket's overnight software update, after which contactless and orders failed.
// Fooled by: an attack inside a change window; a calendar that nobody keeps.
#include "daemon/verdict/rules/catalog.h"

#include <array>
#include <vector>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"planned/maintenance",
                                                                 "planned/change",
                                                                 "planned/sale",
                                                                 "planned/nothing",
                                                                 "planned/overrun"});
constexpr Millis kOverrun{30 * 60'000};
constexpr Millis kAfterChange{std::chrono::hours{2}};
constexpr Millis kEarlyStart{15 * 60'000};
constexpr Millis kAroundSale{std::chrono::hours{1}};

void weigh(const Scene& scene, Signs& signs) {
  const auto say = [&](std::string_view signal, const Board::Planned& planned, const char* verb) {
    signs.push_back({signal,
                     std::string(verb) + ": \"" + planned.announcement.text + "\"",
                     planned.seq == 0 ? std::vector<std::uint64_t>{}
                                      : std::vector<std::uint64_t>{planned.seq}});
  };
  const auto& functions = scene.scope.functions;
  const auto maintenance = scene.board.planned("maintenance", scene.now, kOverrun, functions);
  const auto begun = scene.board.planned("maintenance", scene.onset, kOverrun, functions);
  auto change = scene.board.planned("change", scene.onset, kAfterChange, functions);
  std::erase_if(change, [&](const Board::Planned* planned) {
    return planned->announcement.from - scene.onset > kEarlyStart;
  });
  const auto sale = scene.board.planned("sale", scene.onset, kAroundSale, functions);
  if (!maintenance.empty() && !begun.empty())
    say(kSignals[0], *begun.front(), "announced maintenance");
  if (maintenance.empty() && !begun.empty())
    say(kSignals[4], *begun.front(), "announced maintenance has run over its time");
  if (!change.empty()) say(kSignals[1], *change.front(), "a change was announced for this time");
  if (!sale.empty()) say(kSignals[2], *sale.front(), "more demand was expected");
  if (begun.empty() && change.empty() && sale.empty() && scene.board.has_calendar()) {
    signs.push_back({kSignals[3], "the change calendar has nothing for this time", {}});
  }
}

}  // namespace

const Rule rules::planned{
    .name = "planned",
    .question = "Was it announced?",
    .teacher = "An overnight software update broke a supermarket's contactless and orders (2024).",
    .fooled_by = "An attack inside a change window; a calendar that nobody keeps.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
