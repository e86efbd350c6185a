// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/block_decoder.h"
#include "daemon/journal/journal.h"
#include "daemon/journal/schema.h"
#include "daemon/journal/sqlite.h"
#include "daemon/verdict/archive_verdict.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bw {
namespace {

// SQLite's integers are signed.
std::uint64_t clamp(std::uint64_t seq) {
  return std::min(seq, std::uint64_t{std::numeric_limits<std::int64_t>::max()});
}

template <class T>
std::expected<T, Error> unpack(std::string_view bytes, const std::string& path) {
  T value;
  ArchiveReader archive(bytes);  // NOLINT(misc-const-correctness): it reads on
  archive(value);
  if (!archive.done()) {
    return std::unexpected(Error{.what = "a record in the journal is damaged, or of a version that "
                                         "this one cannot read",
                                 .where = path,
                                 .hint = ""});
  }
  return value;
}

// A read transaction: all statements within see the same moment.
class Moment {
 public:
  explicit Moment(Sqlite& database) : database_(database), begun_(database.run("BEGIN")) {}
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;
  ~Moment() { database_.roll_back(); }
  [[nodiscard]] const std::expected<void, Error>& begun() const { return begun_; }

 private:
  Sqlite& database_;
  std::expected<void, Error> begun_;
};

BlockDecoder::Places places_in(const Estate& estate, const std::vector<LoggedSeries>& series) {
  std::map<std::string_view, TargetIndex> targets;
  for (TargetIndex i = 0; i < estate.targets.size(); ++i)
    targets.emplace(estate.targets[i].id, i);
  BlockDecoder::Places places;
  places.reserve(series.size());
  for (const LoggedSeries& one : series) {
    const auto target = targets.find(one.target);
    const auto vantage = estate.vantage(one.vantage);
    if (target != targets.end() && vantage) {
      places.emplace_back(BlockDecoder::Place{.target = target->second, .vantage = *vantage});
    } else {
      places.emplace_back();
    }
  }
  return places;
}

constexpr std::string_view kBlockColumns =
    "SELECT first_seq, last_seq, from_at, to_at, chapter, bytes FROM log ";

Block block_of(const Statement& row) {
  return {.first_seq = row.size(0),
          .last_seq = row.size(1),
          .from = Time(Millis(row.integer(2))),
          .to = Time(Millis(row.integer(3))),
          .chapter = static_cast<std::uint32_t>(row.integer(4))};
}

class SqliteReader final : public JournalReader {
 public:
  explicit SqliteReader(Sqlite database) : database_(std::move(database)) {}

  std::expected<std::optional<Checkpoint>, Error> checkpoint(std::uint64_t seq) override {
    auto statement = database_.prepare(
        "SELECT seq, bytes FROM checkpoints WHERE seq <= ?1 ORDER BY seq DESC LIMIT 1");
    if (!statement) return std::unexpected(std::move(statement).error());
    const auto has_row = statement->step_with(clamp(seq));
    if (!has_row) return std::unexpected(has_row.error());
    if (!*has_row) return std::nullopt;
    return Checkpoint{.seq = statement->size(0), .bytes = std::string(statement->bytes(1))};
  }

  std::expected<std::uint64_t, Error> read(const Estate& estate,
                                           std::uint64_t from,
                                           const std::function<bool(Input&&)>& each) override {
    const Moment moment(database_);
    if (!moment.begun()) return std::unexpected(moment.begun().error());
    const auto words = read_words(database_);
    if (!words) return std::unexpected(words.error());
    const auto series = read_series(database_);
    if (!series) return std::unexpected(series.error());
    auto faces = database_.prepare("SELECT bytes FROM faces WHERE id = ?1");
    if (!faces) return std::unexpected(std::move(faces).error());
    BlockDecoder decoder(*words, places_in(estate, *series), [this, &faces](const FaceKey& key) {
      return find_face(*faces, key);
    });
    // From the block that holds the first input after `from`.
    auto blocks = database_.prepare(
        std::string(kBlockColumns) +
        "WHERE first_seq >= coalesce((SELECT max(first_seq) FROM log WHERE first_seq <= ?1), 0) "
        "ORDER BY first_seq");
    if (!blocks) return std::unexpected(std::move(blocks).error());
    auto has_row = blocks->step_with(clamp(from));
    for (; has_row && *has_row; has_row = blocks->step()) {
      auto more = decoder.read(block_of(*blocks), blocks->bytes(5), from, each);
      if (!more) return std::unexpected(located(std::move(more).error()));
      if (!*more) break;
    }
    if (!has_row) return std::unexpected(std::move(has_row).error());
    return decoder.skipped();
  }

  std::expected<std::vector<RecordedVerdict>, Error> verdicts(std::uint64_t incident) override {
    auto statement = database_.prepare(
        "SELECT event, what, bytes FROM verdicts WHERE incident = ?1 ORDER BY id");
    if (!statement) return std::unexpected(std::move(statement).error());
    std::vector<RecordedVerdict> list;
    auto has_row = statement->step_with(clamp(incident));
    for (; has_row && *has_row; has_row = statement->step()) {
      auto unpacked = unpack<Incident>(statement->bytes(2), database_.path());
      if (!unpacked) return std::unexpected(std::move(unpacked).error());
      list.push_back({.event = std::string(statement->bytes(0)),
                      .incident = *std::move(unpacked),
                      .what = std::string(statement->bytes(1))});
    }
    if (!has_row) return std::unexpected(std::move(has_row).error());
    return list;
  }

  std::expected<std::vector<Incident>, Error> incidents() override {
    return list<Incident>("SELECT bytes FROM incidents ORDER BY incident DESC");
  }

  std::expected<std::vector<Parcel>, Error> parcels() override {
    return list<Parcel>("SELECT bytes FROM parcels ORDER BY rowid");
  }

  std::expected<std::uint64_t, Error> last_seq() override {
    const auto seq = database_.integer("SELECT last_seq FROM log ORDER BY first_seq DESC LIMIT 1");
    if (!seq) return std::unexpected(seq.error());
    return static_cast<std::uint64_t>(*seq);
  }

  // By bisection: the log has no index of times, which would be rewritten with every transaction.
  std::expected<std::optional<std::uint64_t>, Error> first_seq_at(Time at) override {
    const Moment moment(database_);
    if (!moment.begun()) return std::unexpected(moment.begun().error());
    auto low = database_.integer("SELECT min(first_seq) FROM log");
    if (!low) return std::unexpected(low.error());
    auto high = database_.integer("SELECT max(first_seq) FROM log");
    if (!high) return std::unexpected(high.error());
    auto blocks = database_.prepare(std::string(kBlockColumns) +
                                    "WHERE first_seq <= ?1 ORDER BY first_seq DESC LIMIT 1");
    if (!blocks) return std::unexpected(std::move(blocks).error());
    // The first block that ends at or after `at` begins at a seq in [low, high].
    while (*low < *high) {
      const std::int64_t middle = *low + (*high - *low) / 2;
      const auto has_row = blocks->step_with(middle);
      if (!has_row) return std::unexpected(has_row.error());
      const Block block = block_of(*blocks);
      if (block.to >= at) {
        *high = static_cast<std::int64_t>(block.first_seq);
      } else {
        *low = middle + 1;
      }
    }
    return first_in(*blocks, *low, at);
  }

 private:
  // In the block that holds `seq`.
  std::expected<std::optional<std::uint64_t>, Error> first_in(Statement& blocks,
                                                              std::int64_t seq,
                                                              Time at) {
    auto has_row = blocks.step_with(seq);
    if (!has_row) return std::unexpected(has_row.error());
    if (!*has_row) return std::nullopt;
    auto found = BlockDecoder::find_seq_at(block_of(blocks), blocks.bytes(5), at);
    if (!found) return std::unexpected(located(std::move(found).error()));
    return found;
  }

  std::expected<std::string, Error> find_face(Statement& faces, const FaceKey& key) {
    const auto has_row = faces.step_with(key.packed());
    if (!has_row) return std::unexpected(has_row.error());
    if (*has_row) return std::string(faces.bytes(0));
    return std::unexpected(Error{.what = "the journal lacks facts that an observation names",
                                 .where = database_.path(),
                                 .hint = ""});
  }

  template <class T>
  std::expected<std::vector<T>, Error> list(std::string_view sql) {
    auto statement = database_.prepare(sql);
    if (!statement) return std::unexpected(std::move(statement).error());
    std::vector<T> list;
    auto has_row = statement->step();
    for (; has_row && *has_row; has_row = statement->step()) {
      auto unpacked = unpack<T>(statement->bytes(0), database_.path());
      if (!unpacked) return std::unexpected(std::move(unpacked).error());
      list.push_back(*std::move(unpacked));
    }
    if (!has_row) return std::unexpected(std::move(has_row).error());
    return list;
  }

  [[nodiscard]] Error located(Error error) const {
    if (error.where.empty()) error.where = database_.path();
    return error;
  }

  Sqlite database_;
};

}  // namespace

std::expected<std::unique_ptr<JournalReader>, Error> JournalReader::open(const std::string& path) {
  auto database = open_for_reading(path);
  if (!database) return std::unexpected(std::move(database).error());
  return std::make_unique<SqliteReader>(*std::move(database));
}

}  // namespace bw
