// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/block_encoder.h"

#include "daemon/verdict/archive_verdict.h"

#include <openssl/sha.h>

#include <algorithm>
#include <memory>
#include <type_traits>
#include <variant>

namespace bw {
namespace {

// The newest faces of a series, which are recognised when they come back (addresses that rotate, an
// outage that returns). An older one is simply written once more.
constexpr std::size_t kRecalledMax = 64;

// Modulo 2^64, so that no pair of times can overflow.
std::int64_t since(Time at, Time earlier) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(at.time_since_epoch().count()) -
                                   static_cast<std::uint64_t>(earlier.time_since_epoch().count()));
}

std::uint8_t kind_of(const Input& input) {
  return std::visit(
      [](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, Observation>) return tag::kObservation;
        if constexpr (std::is_same_v<What, FeedItem>) return tag::kFeedItem;
        if constexpr (std::is_same_v<What, Announcement>) return tag::kAnnouncement;
        if constexpr (std::is_same_v<What, OperatorNote>) return tag::kOperatorNote;
        if constexpr (std::is_same_v<What, Tick>) return tag::kTick;
      },
      input.what);
}

}  // namespace

void BlockEncoder::know_word(std::uint32_t id, std::string word) {
  if (facts_of_words_.size() <= id) facts_of_words_.resize(id + std::size_t{1});
  facts_of_words_[id] = parse_fact(word);
  words_.emplace(std::move(word), id);
}

void BlockEncoder::resume(const Chapter& chapter) {
  begin_after(chapter.id);
  chapter_ = chapter;
}

void BlockEncoder::begin_after(std::uint32_t last) {
  last_chapter_ = last;
  chapter_.reset();
  series_.clear();
}

bool BlockEncoder::know_face(const FaceKey& key, std::string_view digest, std::string_view bytes) {
  Digest mark{};
  if (!chapter_ || key.chapter != chapter_->id || digest.size() != mark.size()) return false;
  std::ranges::copy(digest, mark.begin());
  if (series_.size() <= key.series) series_.resize(key.series + std::size_t{1});
  SeriesState& series = series_[key.series];
  if (key.number == 0) {
    const auto facts = parse_face(
        bytes,
        [this](std::uint32_t id) {
          return id < facts_of_words_.size() ? facts_of_words_[id] : std::nullopt;
        },
        nullptr);
    if (!facts) return false;
    series.base = std::make_shared<const Facts>(*facts);
  }
  series.next = std::max(series.next, key.number + 1);
  recall(series, mark, key.number);
  return series.base != nullptr;
}

void BlockEncoder::add(const Input& input, SeriesId series) {
  const Time at = at_of(input);
  const auto* observation = std::get_if<Observation>(&input.what);
  const bool is_new_day = !chapter_ || is_chapter_full_ ||
                          at - chapter_->started >= kChapterLength ||
                          chapter_->started - at >= kChapterLength;
  if (is_new_day) begin_chapter(input.seq, at);
  if (!is_open_) open_block_at(input.seq, at);
  open_.last_seq = input.seq;
  open_.from = std::min(open_.from, at);
  open_.to = std::max(open_.to, at);
  is_open_dirty_ = true;

  const std::uint64_t gap = input.seq - last_seq_ - 1;
  const auto flags =
      static_cast<std::uint8_t>(kind_of(input) | (gap > 0 ? tag::kHasGap : std::uint8_t{0}));
  if (observation != nullptr) {
    put_observation(*observation, series, flags);
  } else {
    bytes_(flags);
  }
  if (gap > 0) bytes_(gap);
  bytes_(since(at, last_at_));
  last_at_ = at;
  last_seq_ = input.seq;
  std::visit(
      [this](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (!std::is_same_v<What, Observation> && !std::is_same_v<What, Tick>) {
          bytes_(what);
        }
      },
      input.what);
  if (bytes_.bytes().size() >= kBlockBytes) end_block();
}

void BlockEncoder::forget_written() {
  unwritten_ = {};
  is_open_dirty_ = false;
}

void BlockEncoder::begin_chapter(std::uint64_t seq, Time at) {
  end_block();
  begin_after(last_chapter_ + 1);
  chapter_ = Chapter{.id = last_chapter_, .first_seq = seq, .started = at};
  is_chapter_full_ = false;
  unwritten_.chapters.push_back(*chapter_);
}

// Only asked once `add` has seen to it that there is a chapter.
std::uint32_t BlockEncoder::chapter_id() const {
  return chapter_ ? chapter_->id : 0;
}

void BlockEncoder::open_block_at(std::uint64_t seq, Time at) {
  open_ = {.first_seq = seq, .last_seq = seq, .from = at, .to = at, .chapter = chapter_id()};
  bytes_ = {};
  last_at_ = {};
  last_seq_ = seq - 1;
  is_open_ = true;
}

void BlockEncoder::end_block() {
  if (is_open_ && is_open_dirty_) unwritten_.closed.emplace_back(open_, bytes_.take());
  bytes_ = {};
  is_open_ = false;
  is_open_dirty_ = false;
}

void BlockEncoder::put_observation(const Observation& observation,
                                   SeriesId series,
                                   std::uint8_t flags) {
  const std::uint32_t face = face_of(observation.facts, series);
  const bool has_result = observation.outcome != Outcome::ok || observation.party != Party::unknown;
  if (observation.is_second_look) flags |= tag::kIsSecondLook;
  if (has_result) flags |= tag::kHasResult;
  if (face != 0) flags |= tag::kHasFace;
  if (!observation.note.empty()) flags |= tag::kHasNote;
  bytes_(flags, series);
  if (has_result) bytes_(word(print(observation.outcome)), word(print(observation.party)));
  if (face != 0) bytes_(face);
  const Phases& phases = observation.phases;
  for (const Micros phase :
       {phases.resolve, phases.connect, phases.tls, phases.wait, phases.transfer}) {
    // One up, so that kNotReached is 0 and takes one byte.
    bytes_(static_cast<std::uint64_t>(phase.count()) + 1);
  }
  if (!observation.note.empty()) bytes_(observation.note);
}

std::uint32_t BlockEncoder::face_of(const FactsRef& facts, SeriesId series_id) {
  static const FactsRef kNone = std::make_shared<const Facts>();
  const FactsRef& now = facts ? facts : kNone;
  if (series_.size() <= series_id) series_.resize(series_id + std::size_t{1});
  SeriesState& series = series_[series_id];
  if (series.last != nullptr && (series.last == now || *series.last == *now)) {
    series.last = now;
    return series.last_number;
  }
  const Digest mark = digest(*now);
  series.last = now;
  const auto known =
      std::ranges::find(series.recalled, mark, &std::pair<Digest, std::uint32_t>::first);
  if (known != series.recalled.end()) return series.last_number = known->second;
  const std::uint32_t number = series.next++;
  if (series.next >= kFacesMax) is_chapter_full_ = true;
  if (number == 0) series.base = now;
  recall(series, mark, number);
  unwritten_.faces.push_back(
      {.key = {.chapter = chapter_id(), .series = series_id, .number = number},
       .digest = std::string(mark.data(), mark.size()),
       .bytes = face_bytes(*now, number == 0 ? nullptr : series.base.get())});
  return series.last_number = number;
}

void BlockEncoder::recall(SeriesState& series, const Digest& digest, std::uint32_t number) {
  const std::size_t slot = number % kRecalledMax;
  if (series.recalled.size() <= slot) series.recalled.resize(slot + 1);
  series.recalled[slot] = {digest, number};
}

BlockEncoder::Digest BlockEncoder::digest(const Facts& facts) {
  ArchiveWriter writer;
  for (const auto& [fact, value] : facts.all())
    writer(std::string(print(fact)), value);
  const std::string& bytes = writer.bytes();
  std::array<unsigned char, SHA256_DIGEST_LENGTH> full{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), full.data());
  Digest mark{};
  std::copy_n(full.begin(), mark.size(), mark.begin());
  return mark;
}

std::uint32_t BlockEncoder::word(std::string_view name) {
  const auto known = words_.find(name);
  if (known != words_.end()) return known->second;
  const auto id = static_cast<std::uint32_t>(facts_of_words_.size());
  know_word(id, std::string(name));
  unwritten_.words.push_back({.id = id, .word = std::string(name)});
  return id;
}

// What is set, then what the base has and this has not.
std::string BlockEncoder::face_bytes(const Facts& facts, const Facts* base) {
  std::vector<std::pair<std::uint32_t, std::string>> set;
  std::vector<std::uint32_t> removed;
  for (const auto& [fact, value] : facts.all()) {
    if (base == nullptr || base->get(fact) != value) set.emplace_back(word(print(fact)), value);
  }
  if (base != nullptr) {
    for (const auto& [fact, value] : base->all()) {
      if (facts.get(fact).empty()) removed.push_back(word(print(fact)));
    }
  }
  ArchiveWriter writer;
  writer(base != nullptr, set, removed);
  return writer.take();
}

}  // namespace bw
