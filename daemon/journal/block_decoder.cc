// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/block_decoder.h"

#include "daemon/verdict/archive_verdict.h"
#include "probes/archive.h"

#include <algorithm>
#include <memory>
#include <variant>

namespace bw {
namespace {

// Faces of one series that stay decoded: enough for addresses that rotate.
constexpr std::size_t kHeldMax = 8;

// Inverse of the encoder's difference, modulo 2^64.
Time later(Time at, std::int64_t by) {
  const auto sum =
      static_cast<std::uint64_t>(at.time_since_epoch().count()) + static_cast<std::uint64_t>(by);
  return Time(Millis(static_cast<std::int64_t>(sum)));
}

Error damaged(const Block& block, std::uint64_t after) {
  return {.what = "the journal's block of inputs " + std::to_string(block.first_seq) + " to " +
                  std::to_string(block.last_seq) + " is damaged after input " +
                  std::to_string(after),
          .where = "",
          .hint = ""};
}

}  // namespace

// One input as it stands in the block: series, words and faces are still numbers.
struct BlockDecoder::Raw {
  std::uint8_t flags = 0;
  std::uint64_t seq = 0;
  Time at{};
  SeriesId series = 0;
  std::uint32_t outcome = 0;
  std::uint32_t party = 0;
  std::uint32_t face = 0;
  Phases phases;
  std::string note;
  std::optional<decltype(Input::what)> other;  // what is no observation

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

class BlockDecoder::Parser {
 public:
  Parser(const Block& block, std::string_view bytes)
      : archive_(bytes), seq_(block.first_seq - 1), last_seq_(block.last_seq) {}

  // False at the end, and where the bytes are damaged.
  [[nodiscard]] bool next(Raw& raw) {
    if (!archive_.ok() || archive_.done()) return false;
    raw.note.clear();
    archive_(raw.flags);
    const auto kind = static_cast<std::uint8_t>(raw.flags & tag::kKindMask);
    if (kind == tag::kObservation) read_observation(raw);
    std::uint64_t gap = 0;
    if (raw.has(tag::kHasGap)) archive_(gap);
    std::int64_t by = 0;
    archive_(by);
    raw.at = at_ = later(at_, by);
    // A seq behind the block's last one would collide with the next block.
    if (seq_ >= last_seq_ || gap > last_seq_ - seq_ - 1) archive_.fail();
    raw.seq = seq_ + gap + 1;
    if (kind != tag::kObservation) read_other(raw, kind);
    if (!archive_.ok()) return false;
    seq_ = raw.seq;
    return true;
  }
  [[nodiscard]] bool is_whole() const { return archive_.done(); }
  // Of the last input that was read.
  [[nodiscard]] std::uint64_t seq() const { return seq_; }

 private:
  void read_observation(Raw& raw) {
    archive_(raw.series);
    raw.outcome = raw.party = raw.face = 0;
    if (raw.has(tag::kHasResult)) archive_(raw.outcome, raw.party);
    if (raw.has(tag::kHasFace)) archive_(raw.face);
    Phases& phases = raw.phases;
    for (Micros* phase :
         {&phases.resolve, &phases.connect, &phases.tls, &phases.wait, &phases.transfer}) {
      std::uint64_t one_up = 0;
      archive_(one_up);
      *phase = Micros(static_cast<std::int64_t>(one_up - 1));
    }
    if (raw.has(tag::kHasNote)) archive_(raw.note);
    raw.other.reset();
  }
  void read_other(Raw& raw, std::uint8_t kind) {
    auto& other = raw.other.emplace();
    switch (kind) {
      case tag::kFeedItem:
        archive_(other.emplace<FeedItem>());
        break;
      case tag::kAnnouncement:
        archive_(other.emplace<Announcement>());
        break;
      case tag::kOperatorNote:
        archive_(other.emplace<OperatorNote>());
        break;
      case tag::kTick:
        other.emplace<Tick>().at = raw.at;
        break;
      default:
        archive_.fail();
    }
  }

  ArchiveReader archive_;
  std::uint64_t seq_;
  std::uint64_t last_seq_;
  Time at_{};
};

std::optional<Facts> parse_face(std::string_view bytes,
                                const FactOfWord& fact_of,
                                const Facts* base) {
  bool is_difference = false;
  std::vector<std::pair<std::uint32_t, std::string>> set;
  std::vector<std::uint32_t> removed;
  ArchiveReader archive(bytes);
  archive(is_difference, set, removed);
  if (!archive.done() || (is_difference && base == nullptr)) return std::nullopt;
  Facts facts = is_difference ? *base : Facts{};
  for (auto& [word, value] : set) {
    if (const auto fact = fact_of(word)) facts.set(*fact, std::move(value));
  }
  for (const std::uint32_t word : removed) {
    if (const auto fact = fact_of(word)) facts.set(*fact, {});
  }
  return facts;
}

BlockDecoder::BlockDecoder(const std::vector<std::string>& words, Places places, FindFace find_face)
    : places_(std::move(places)), find_face_(std::move(find_face)), series_(places_.size()) {
  words_.reserve(words.size());
  for (std::uint32_t id = 0; id < words.size(); ++id)
    know_word(id, words[id]);
}

void BlockDecoder::know_word(std::uint32_t id, std::string_view word) {
  if (words_.size() <= id) words_.resize(id + std::size_t{1});
  words_[id] = {
      .outcome = parse_outcome(word), .party = parse_party(word), .fact = parse_fact(word)};
}

std::expected<bool, Error> BlockDecoder::read(const Block& block,
                                              std::string_view bytes,
                                              std::uint64_t after,
                                              const Each& each) {
  Parser parser(block, bytes);
  Raw raw;
  while (parser.next(raw)) {
    if (raw.seq <= after) continue;
    auto input = resolve(raw, block);
    if (!input) return std::unexpected(std::move(input).error());
    auto& resolved = *input;
    if (resolved && !each(*std::move(resolved))) return false;
  }
  if (!parser.is_whole()) return std::unexpected(damaged(block, parser.seq()));
  return true;
}

std::expected<std::optional<Input>, Error> BlockDecoder::resolve(Raw& raw, const Block& block) {
  Input input{.seq = raw.seq, .what = Tick{}};
  if (raw.other) {
    input.what = *std::move(raw.other);
    return input;
  }
  const bool has_result = raw.has(tag::kHasResult);
  const auto place = raw.series < places_.size() ? places_[raw.series] : std::nullopt;
  const auto outcome = has_result ? word(raw.outcome).outcome : Outcome::ok;
  if (!place || !outcome) {
    ++skipped_;
    return std::nullopt;
  }
  auto facts = facts_of({.chapter = block.chapter, .series = raw.series, .number = raw.face});
  if (!facts) return std::unexpected(std::move(facts).error());
  auto& observation = input.what.emplace<Observation>();
  observation.at = raw.at;
  observation.target = place->target;
  observation.vantage = place->vantage;
  observation.outcome = *outcome;
  if (has_result) observation.party = word(raw.party).party.value_or(Party::unknown);
  observation.is_second_look = raw.has(tag::kIsSecondLook);
  observation.phases = raw.phases;
  observation.facts = *std::move(facts);
  observation.note = std::move(raw.note);
  return input;
}

std::expected<FactsRef, Error> BlockDecoder::facts_of(const FaceKey& key) {
  SeriesState& series = series_[key.series];
  if (series.chapter != key.chapter) {
    // The last facts of the previous chapter stay, under no number: they are likely the same.
    series.chapter = key.chapter;
    if (!series.held.empty()) series.held = {{kFacesMax, series.held.back().second}};
    series.next = 0;
  }
  const auto known =
      std::ranges::find(series.held, key.number, &std::pair<std::uint32_t, FactsRef>::first);
  if (known != series.held.end()) return known->second;
  auto facts = read_face(key);
  if (!facts) return std::unexpected(std::move(facts).error());
  const auto same = std::ranges::find_if(
      series.held, [&facts](const auto& held) { return *held.second == *facts; });
  FactsRef shared =
      same != series.held.end() ? same->second : std::make_shared<const Facts>(*std::move(facts));
  hold(series, key.number, shared);
  return shared;
}

std::expected<Facts, Error> BlockDecoder::read_face(const FaceKey& key) {
  auto bytes = find_face_(key);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  FactsRef base;
  if (key.number != 0) {
    auto first = facts_of({.chapter = key.chapter, .series = key.series, .number = 0});
    if (!first) return std::unexpected(std::move(first).error());
    base = *std::move(first);
  }
  auto facts = parse_face(*bytes, [this](std::uint32_t id) { return word(id).fact; }, base.get());
  if (!facts) {
    return std::unexpected(Error{.what = "the journal's facts " + std::to_string(key.number) +
                                         " of series " + std::to_string(key.series) +
                                         " are damaged",
                                 .where = "",
                                 .hint = ""});
  }
  return *std::move(facts);
}

void BlockDecoder::hold(SeriesState& series, std::uint32_t number, const FactsRef& facts) {
  if (series.held.size() < kHeldMax) {
    series.held.emplace_back(number, facts);
    return;
  }
  series.held[series.next] = {number, facts};
  series.next = (series.next + 1) % kHeldMax;
}

BlockDecoder::Word BlockDecoder::word(std::uint64_t id) const {
  return id < words_.size() ? words_[static_cast<std::size_t>(id)] : Word{};
}

std::expected<std::optional<std::uint64_t>, Error> BlockDecoder::find_seq_at(const Block& block,
                                                                             std::string_view bytes,
                                                                             Time at) {
  Parser parser(block, bytes);
  Raw raw;
  while (parser.next(raw)) {
    if (raw.at >= at) return raw.seq;
  }
  if (!parser.is_whole()) return std::unexpected(damaged(block, parser.seq()));
  return std::nullopt;
}

}  // namespace bw
