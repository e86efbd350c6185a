// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/log_pass.h"

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <utility>
#include <variant>

namespace bw::rehearsal {
namespace {

BlockDecoder::Places places_of(const Estate& estate) {
  BlockDecoder::Places places;
  for (TargetIndex target = 0; target < estate.targets.size(); ++target) {
    for (VantageIndex vantage = 0; vantage < estate.vantages.size(); ++vantage)
      places.emplace_back(BlockDecoder::Place{.target = target, .vantage = vantage});
  }
  return places;
}

// The codec's own bytes that it cannot read are an error of ours.
[[noreturn]] void give_up(const std::string& why) {
  spdlog::critical("an input does not come back from the journal's bytes: {}", why);
  std::abort();
}

}  // namespace

LogPass::LogPass(const Estate& estate)
    : vantages_(estate.vantages.size()),
      decoder_(
          {}, places_of(estate), [this](const FaceKey& key) -> std::expected<std::string, Error> {
            const auto face = faces_.find(key.packed());
            if (face != faces_.end()) return face->second;
            return std::unexpected(Error{.what = "no such face", .where = "", .hint = ""});
          }) {}

Input LogPass::pass(const Input& input) {
  SeriesId series = 0;
  if (const auto* observation = std::get_if<Observation>(&input.what)) {
    series = static_cast<SeriesId>((observation->target * vantages_) + observation->vantage);
  }
  encoder_.add(input, series);
  encoder_.end_block();
  keep_rows();
  const auto& [block, bytes] = encoder_.unwritten().closed.back();
  Input passed;
  const auto all = decoder_.read(block, bytes, 0, [&passed](Input&& read) {
    passed = std::move(read);
    return true;
  });
  if (!all) give_up(all.error().what);
  if (passed.seq != input.seq) give_up("it is left out");
  encoder_.forget_written();
  return passed;
}

void LogPass::keep_rows() {
  const auto& rows = encoder_.unwritten();
  if (!rows.chapters.empty()) faces_.clear();
  for (const auto& [id, word] : rows.words)
    decoder_.know_word(id, word);
  for (const auto& face : rows.faces)
    faces_.insert_or_assign(face.key.packed(), face.bytes);
}

}  // namespace bw::rehearsal
