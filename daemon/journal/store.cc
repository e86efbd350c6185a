// SPDX-License-Identifier: Apache-2.0
#include "daemon/journal/store.h"

#include "daemon/journal/schema.h"
#include "daemon/verdict/archive_verdict.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>
#include <variant>

namespace bw {
namespace {

constexpr std::size_t kBlocksBetweenRetention = 8;

std::int64_t count(Time at) {
  return at.time_since_epoch().count();
}

template <class T>
std::string archive(const T& value) {
  ArchiveWriter writer;
  writer(value);
  return writer.take();
}

bool is_settled(Parcel::State state) {
  return state != Parcel::State::pending && state != Parcel::State::standing;
}

// A loss of these would be noticed by people: alerts sent twice or never, a person's word gone.
bool is_precious(const Input& input) {
  return std::holds_alternative<OperatorNote>(input.what) ||
         std::holds_alternative<Announcement>(input.what);
}

}  // namespace

Store::Store(Sqlite database, RetentionSweep::Limits limits)
    : database_(std::move(database)), retention_(limits) {}

std::expected<Store, Error> Store::open(const std::string& path, RetentionSweep::Limits limits) {
  auto database = open_for_writing(path);
  if (!database) return std::unexpected(std::move(database).error());
  Store store(*std::move(database), limits);
  if (auto ready = store.prepare(); !ready) return std::unexpected(std::move(ready).error());
  if (auto ready = store.load(); !ready) return std::unexpected(std::move(ready).error());
  return store;
}

std::expected<void, Error> Store::prepare() {
  const std::array<std::pair<Statement*, std::string_view>, 11> list{{
      {&statements_.put_word, "INSERT OR REPLACE INTO words VALUES (?1, ?2)"},
      {&statements_.put_series, "INSERT OR REPLACE INTO series VALUES (?1, ?2, ?3)"},
      {&statements_.put_chapter, "INSERT OR REPLACE INTO chapters VALUES (?1, ?2, ?3)"},
      {&statements_.put_face, "INSERT OR REPLACE INTO faces VALUES (?1, ?2, ?3)"},
      {&statements_.put_block, "INSERT OR REPLACE INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6)"},
      {&statements_.put_checkpoint, "INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2)"},
      {&statements_.trim_checkpoints,
       "DELETE FROM checkpoints WHERE seq NOT IN "
       "(SELECT seq FROM checkpoints ORDER BY seq DESC LIMIT 3)"},
      {&statements_.put_verdict,
       "INSERT OR IGNORE INTO verdicts (incident, seq, event, what, bytes) "
       "VALUES (?1, ?2, ?3, ?4, ?5)"},
      {&statements_.put_parcel, "INSERT OR REPLACE INTO parcels VALUES (?1, ?2, ?3, ?4)"},
      {&statements_.put_keep,
       "INSERT INTO keeps VALUES (?1, ?2) "
       "ON CONFLICT (from_at) DO UPDATE SET to_at = max(to_at, excluded.to_at)"},
      {&statements_.page_count,
       "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"},
  }};
  for (const auto& [statement, sql] : list) {
    auto prepared = database_.prepare(sql);
    if (!prepared) return std::unexpected(std::move(prepared).error());
    *statement = *std::move(prepared);
  }
  return {};
}

std::expected<void, Error> Store::load() {
  const auto last = database_.integer(
      "SELECT max(seq) FROM (SELECT max(last_seq) AS seq FROM "
      "  (SELECT last_seq FROM log ORDER BY first_seq DESC LIMIT 1) "
      "UNION ALL SELECT max(seq) FROM checkpoints UNION ALL SELECT max(seq) FROM verdicts)");
  if (!last) return std::unexpected(last.error());
  last_seq_ = written_seq_ = static_cast<std::uint64_t>(*last);
  const auto now = database_.integer("SELECT to_at FROM log ORDER BY first_seq DESC LIMIT 1");
  if (!now) return std::unexpected(now.error());
  now_ = Time(Millis(*now));

  auto words = read_words(database_);
  if (!words) return std::unexpected(std::move(words).error());
  for (std::size_t id = 0; id < words->size(); ++id) {
    encoder_.know_word(static_cast<std::uint32_t>(id), std::move((*words)[id]));
  }
  auto series = read_series(database_);
  if (!series) return std::unexpected(std::move(series).error());
  known_series_ = *std::move(series);
  // So that one run cannot use up the numbers.
  if (known_series_.size() > kSeriesMax / 2) {
    return std::unexpected(Error{.what = "the journal names over eight million targets",
                                 .where = database_.path(),
                                 .hint = "move the file aside to begin a new one"});
  }
  return load_chapter();
}

// Goes on with the last chapter, so that a daemon that is restarted often does not write every
// series' facts each time.
std::expected<void, Error> Store::load_chapter() {
  auto chapters = database_.prepare(
      "SELECT id, first_seq, started_at FROM chapters "
      "ORDER BY id DESC LIMIT 1");
  if (!chapters) return std::unexpected(std::move(chapters).error());
  auto has_row = chapters->step();
  if (!has_row) return std::unexpected(std::move(has_row).error());
  if (!*has_row) return {};
  const Chapter chapter{.id = static_cast<std::uint32_t>(chapters->integer(0)),
                        .first_seq = chapters->size(1),
                        .started = Time(Millis(chapters->integer(2)))};
  encoder_.resume(chapter);
  auto faces = database_.prepare("SELECT id, digest, bytes FROM faces WHERE id >= ?1 ORDER BY id");
  if (!faces) return std::unexpected(std::move(faces).error());
  const FaceKey first{.chapter = chapter.id, .series = 0, .number = 0};
  has_row = faces->step_with(first.packed());
  for (; has_row && *has_row; has_row = faces->step()) {
    const FaceKey key = FaceKey::unpack(faces->integer(0));
    if (key.series >= known_series_.size() ||
        !encoder_.know_face(key, faces->bytes(1), faces->bytes(2))) {
      encoder_.begin_after(chapter.id);
      break;
    }
  }
  if (!has_row) return std::unexpected(std::move(has_row).error());
  return {};
}

void Store::take(Batch batch) {
  has_unwritten_ = has_unwritten_ || !batch.empty();
  for (const Entry& entry : batch.entries) {
    encoder_.add(entry.input, entry.series);
    is_precious_ = is_precious_ || is_precious(entry.input);
    taken_seq_ = entry.input.seq;
    now_ = at_of(entry.input);
  }
  taken_puts_ = std::max(taken_puts_, batch.puts);
  std::ranges::move(batch.series, std::back_inserter(series_));
  std::ranges::move(batch.chores, std::back_inserter(chores_));
  is_precious_ = is_precious_ || !chores_.empty();
}

std::expected<void, Error> Store::write() {
  if (auto set = set_sync(is_precious_); !set) return set;
  if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun) return begun;
  auto written = write_all();
  if (written) written = database_.run("COMMIT");
  if (!written) {
    database_.roll_back();
    return written;
  }
  blocks_since_retention_ += encoder_.unwritten().closed.size();
  if (blocks_since_retention_ >= kBlocksBetweenRetention) is_retention_due_ = true;
  encoder_.forget_written();
  series_.clear();
  chores_.clear();
  has_unwritten_ = false;
  is_precious_ = false;
  written_seq_ = std::max(written_seq_, taken_seq_);
  written_puts_ = taken_puts_;
  if (const auto has_row = statements_.page_count.step_with(); has_row && *has_row) {
    bytes_ = statements_.page_count.size(0);
  }
  statements_.page_count.reset();
  return {};
}

// Outside of a transaction only.
std::expected<void, Error> Store::set_sync(bool is_full) {
  if (is_full == is_sync_full_) return {};
  auto set = database_.run(is_full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  if (set) is_sync_full_ = is_full;
  return set;
}

std::expected<void, Error> Store::write_all() {
  if (auto written = write_log(); !written) return written;
  for (const Chore& chore : chores_) {
    if (auto written = write_chore(chore); !written) return written;
  }
  return {};
}

std::expected<void, Error> Store::write_log() {
  std::expected<void, Error> written;
  // Runs only while all before it went well.
  const auto put = [&written](Statement& statement, const auto&... values) {
    if (written) written = statement.run(values...);
  };
  const auto put_block = [this, &put](const Block& block, const std::string& bytes) {
    put(statements_.put_block,
        block.first_seq,
        block.last_seq,
        count(block.from),
        count(block.to),
        block.chapter,
        Statement::Blob{bytes});
  };
  const auto& unwritten = encoder_.unwritten();
  for (const auto& word : unwritten.words)
    put(statements_.put_word, word.id, word.word);
  for (const auto& one : series_)
    put(statements_.put_series, one.id, one.target, one.vantage);
  for (const auto& chapter : unwritten.chapters) {
    put(statements_.put_chapter, chapter.id, chapter.first_seq, count(chapter.started));
  }
  for (const auto& face : unwritten.faces) {
    put(statements_.put_face,
        face.key.packed(),
        Statement::Blob{face.digest},
        Statement::Blob{face.bytes});
  }
  for (const auto& [block, bytes] : unwritten.closed)
    put_block(block, bytes);
  if (const Block* open = encoder_.open_block()) put_block(*open, encoder_.open_bytes());
  return written;
}

std::expected<void, Error> Store::write_chore(const Chore& chore) {
  if (const auto* checkpoint = std::get_if<JournalReader::Checkpoint>(&chore)) {
    auto put = statements_.put_checkpoint.run(checkpoint->seq, Statement::Blob{checkpoint->bytes});
    return put ? statements_.trim_checkpoints.run() : put;
  }
  if (const auto* verdict = std::get_if<RecordedVerdict>(&chore)) {
    const std::string bytes = archive(verdict->incident);
    return statements_.put_verdict.run(verdict->incident.id,
                                       verdict->incident.verdict.seq,
                                       verdict->event,
                                       verdict->what,
                                       Statement::Blob{bytes});
  }
  if (const auto* parcel = std::get_if<Parcel>(&chore)) {
    const std::string bytes = archive(*parcel);
    const std::int64_t settled = is_settled(parcel->state) ? 1 : 0;
    return statements_.put_parcel.run(parcel->key, settled, count(now_), Statement::Blob{bytes});
  }
  const auto& keep = std::get<Keep>(chore);
  return statements_.put_keep.run(count(keep.from), count(keep.to));
}

std::expected<void, Error> Store::retain() {
  if (auto set = set_sync(false); !set) return set;
  is_retention_due_ = false;
  blocks_since_retention_ = 0;
  const auto more = retention_.step(database_, now_);
  if (!more) return std::unexpected(more.error());
  is_retention_due_ = *more;
  return {};
}

void Store::close() {
  // The file is whole without this; it only spares the next opening a recovery.
  static_cast<void>(database_.run("PRAGMA wal_checkpoint(TRUNCATE)").has_value());
}

}  // namespace bw
