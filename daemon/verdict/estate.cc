// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/estate.h"

#include "daemon/verdict/verdict.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr std::array kSurfaces =
    std::to_array<std::string_view>({"web", "app", "store", "staff", "other"});
constexpr std::array kRoles = std::to_array<std::string_view>(
    {"service", "provider", "neighbour", "control", "feed", "sensor"});
constexpr std::array kNoteKinds = std::to_array<std::string_view>(
    {"acknowledge", "approve_change", "close", "declare", "remark"});

template <class List>
auto find_by_id(const List& list, std::string_view id) {
  return std::ranges::find(list, id, [](const auto& item) { return std::string_view(item.id); });
}

template <class List>
auto pointer_by_id(const List& list, std::string_view id) -> decltype(list.data()) {
  const auto at = find_by_id(list, id);
  return at == list.end() ? nullptr : &*at;
}

template <class List>
std::optional<std::uint32_t> index_by_id(const List& list, std::string_view id) {
  const auto at = find_by_id(list, id);
  if (at == list.end()) return std::nullopt;
  return static_cast<std::uint32_t>(at - list.begin());
}

}  // namespace

std::string_view print(Surface surface) {
  return kSurfaces.at(static_cast<std::size_t>(surface));
}
std::optional<Surface> parse_surface(std::string_view name) {
  const auto* const at = std::ranges::find(kSurfaces, name);
  if (at == kSurfaces.end()) return std::nullopt;
  return static_cast<Surface>(at - kSurfaces.begin());
}
std::string_view print(Role role) {
  return kRoles.at(static_cast<std::size_t>(role));
}

const Function* Estate::function(std::string_view id) const {
  return pointer_by_id(functions, id);
}
const Provider* Estate::provider(std::string_view id) const {
  return pointer_by_id(providers, id);
}
std::optional<TargetIndex> Estate::target(std::string_view id) const {
  return index_by_id(targets, id);
}
std::optional<VantageIndex> Estate::vantage(std::string_view id) const {
  return index_by_id(vantages, id);
}
std::string_view Estate::name_of(std::string_view provider_id) const {
  if (provider_id == kOwn) return organisation;
  const auto* found = provider(provider_id);
  return found == nullptr ? provider_id : std::string_view(found->name);
}

std::string_view print(NoteKind kind) {
  return kNoteKinds.at(static_cast<std::size_t>(kind));
}
std::optional<NoteKind> parse_note_kind(std::string_view name) {
  const auto* const at = std::ranges::find(kNoteKinds, name);
  if (at == kNoteKinds.end()) return std::nullopt;
  return static_cast<NoteKind>(at - kNoteKinds.begin());
}

Time at_of(const Input& input) {
  return std::visit([](const auto& what) { return what.at; }, input.what);
}

}  // namespace bw
