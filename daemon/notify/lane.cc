// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/lane.h"

#include "daemon/notify/layout.h"
#include "daemon/notify/service.h"

#include <algorithm>

namespace bw {
namespace {

using State = Parcel::State;

constexpr std::string_view kTellingAgain = "again@";
constexpr std::size_t kChangesBytesMax = 800;

// FNV-1a: the same on every machine, so that a test sees the same waits.
std::uint64_t hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t value = 0xcbf29ce484222325ULL ^ seed;
  for (const char c : text) {
    value ^= static_cast<unsigned char>(c);
    value *= 0x100000001b3ULL;
  }
  return value;
}

Millis backoff(int failures, std::string_view key) {
  Millis wait = kBackoffMin;
  for (int i = 1; i < failures && wait < kBackoffMax; ++i)
    wait *= 2;
  wait = std::min(wait, kBackoffMax);
  const auto fifth = wait.count() / 5;
  const auto off = static_cast<std::int64_t>(hash(key, static_cast<std::uint64_t>(failures)) %
                                             static_cast<std::uint64_t>(2 * fifth + 1));
  return wait - Millis{fifth} + Millis{off};
}

bool is_end(const Parcel& parcel) {
  return parcel.notice.kind == NoticeKind::resolved;
}

// Which of two kinds a folded message is: the enumeration rises from opened on.
NoticeKind stronger(NoticeKind a, NoticeKind b) {
  return std::min(a, b);
}

// The end, and what tells of a new level, are told at once; a mere update may wait.
bool may_wait(const Notice& notice) {
  return notice.kind == NoticeKind::updated;
}

std::string_view why_of(const Delivery& result) {
  if (const auto* again = std::get_if<TryAgain>(&result)) return again->why;
  if (const auto* refused = std::get_if<Refused>(&result)) return refused->why;
  return {};
}

// What Alertmanager tells alerts apart by.
bool is_same_alert(const Notice& a, const Notice& b) {
  const auto first = [](const Notice& notice) {
    return notice.functions.empty() ? std::string() : notice.functions.front();
  };
  return a.level == b.level && a.cause == b.cause && a.culprit == b.culprit && first(a) == first(b);
}

void take_identity(Notice& notice, const Notice& from) {
  notice.level = from.level;
  notice.cause = from.cause;
  notice.culprit = from.culprit;
  notice.functions = from.functions;
}

// `parcel` goes out in the place of `older`, and says what that would have said.
void take_words(Parcel& parcel, const Parcel& older) {
  auto& notice = parcel.notice;
  notice.kind = stronger(notice.kind, older.notice.kind);
  if (!older.notice.what_changed.empty()) {
    notice.what_changed =
        shorten(older.notice.what_changed + " " + notice.what_changed, kChangesBytesMax);
  }
  parcel.created = older.created;
  parcel.next_at = std::min(parcel.next_at, older.next_at);
}

std::uint64_t incident_of(const Parcel& parcel) {
  return parcel.notice.incident != 0 ? parcel.notice.incident
                                     : parse_notice_key(parcel.key).incident;
}

}  // namespace

Lane::Lane(const Destination& destination, const Notifier& notifier)
    : destination_(&destination), notifier_(&notifier) {}

Lane::Told& Lane::told(std::uint64_t incident) {
  auto& told = told_[incident];
  if (told_.size() > kIncidentsMax) {
    const auto oldest = told_.begin()->first == incident ? std::next(told_.begin()) : told_.begin();
    told_.erase(oldest);
  }
  return told;
}

void Lane::restore(Parcel parcel) {
  const auto incident = incident_of(parcel);
  const bool is_resolved = is_end(parcel) || parse_notice_key(parcel.key).is_end;
  switch (parcel.state) {
    case State::pending:
      if (incident != 0) {
        ++told(incident).waiting;
        told(incident).is_over = is_resolved;
      }
      parcels_.push_back(std::move(parcel));
      return;
    case State::standing:
    case State::delivered:
      if (incident == 0) return;
      ++told(incident).sent;
      told(incident).is_over = is_resolved;
      if (parcel.state == State::standing && notifier_->resend_every > Millis{0}) {
        auto& standing = standing_[incident];
        standing.until = is_resolved ? parcel.next_at : Time::max();
        standing.parcel = std::move(parcel);
      } else if (is_resolved) {
        standing_.erase(incident);
      }
      return;
    case State::refused:
    case State::given_up:
    case State::folded:
      return;
  }
}

bool Lane::is_telling(std::uint64_t incident) const {
  const auto at = told_.find(incident);
  return at != told_.end() && !at->second.is_over && at->second.sent + at->second.waiting > 0;
}

std::vector<Parcel> Lane::forget(std::uint64_t incident) {
  std::vector<Parcel> changed;
  if (const auto at = told_.find(incident); at != told_.end()) at->second.is_over = true;
  if (const auto at = standing_.find(incident); at != standing_.end()) {
    changed.push_back(std::move(at->second.parcel));
    changed.back().state = State::delivered;
    standing_.erase(at);
  }
  return changed;
}

void Lane::borrow(const Destination& destination, const Notifier& notifier) {
  destination_ = &destination;
  notifier_ = &notifier;
  sending_.clear();
}

// Takes the untried parcels of the same incident into `parcel`: all but ends and, into an end, only
// updates. What has been tried may have arrived, and keeps its key and its words.
std::vector<Parcel> Lane::fold_into(Parcel& parcel, std::size_t& place) {
  std::vector<Parcel> folded;
  for (std::size_t i = parcels_.size(); i-- > 0;) {
    auto& older = parcels_[i];
    if (older.notice.incident != parcel.notice.incident) continue;
    if (older.attempts > 0 || older.key == sending_ || is_end(older)) break;
    if (is_end(parcel) && !may_wait(older.notice)) break;
    if (!is_end(parcel)) {
      take_words(parcel, older);
      place = i;
    }
    older.state = State::folded;
    folded.push_back(std::move(older));
    parcels_.erase(parcels_.begin() + static_cast<std::ptrdiff_t>(i));
    if (is_end(parcel)) place = parcels_.size();
    --told(parcel.notice.incident).waiting;
  }
  return folded;
}

// The lane is full. Incidents that began and ended while nothing could be delivered become one
// message each: their end, which says all that matters afterwards.
std::vector<Parcel> Lane::make_room() {
  std::set<std::uint64_t> over;
  for (const auto& parcel : parcels_) {
    if (is_end(parcel) && parcel.notice.incident != 0) over.insert(parcel.notice.incident);
  }
  std::vector<Parcel> folded;
  std::erase_if(parcels_, [&](Parcel& parcel) {
    const bool is_covered = over.contains(parcel.notice.incident) && !is_end(parcel) &&
                            parcel.attempts == 0 && parcel.key != sending_;
    if (!is_covered) return false;
    parcel.state = State::folded;
    --told(parcel.notice.incident).waiting;
    folded.push_back(std::move(parcel));
    return true;
  });
  return folded;
}

std::vector<Parcel> Lane::add(Parcel parcel, Time now) {
  parcel.created = now;
  parcel.next_at = now;
  const auto incident = parcel.notice.incident;
  if (incident != 0 && may_wait(parcel.notice)) {
    parcel.next_at = std::max(now, told(incident).last + kFoldWindow);
  }
  std::vector<Parcel> changed;
  std::size_t place = parcels_.size();
  if (incident != 0) changed = fold_into(parcel, place);
  if (parcels_.size() >= kPendingMax) {
    auto folded = make_room();
    std::ranges::move(folded, std::back_inserter(changed));
    place = parcels_.size();
  }
  if (parcels_.size() >= kPendingMax) {
    parcel.state = State::given_up;
    parcel.last_error = "too many messages wait for this destination";
    health_.last_error = parcel.last_error;
    ++health_.given_up;
  } else {
    if (incident != 0) {
      auto& known = told(incident);
      ++known.waiting;
      known.last = now;
      known.is_over = is_end(parcel);
    }
    parcels_.insert(parcels_.begin() + static_cast<std::ptrdiff_t>(place), parcel);
  }
  changed.insert(changed.begin(), std::move(parcel));
  return changed;
}

// The parcel to send at `now`: the oldest, passing over updates that still wait for others to fold.
// While the lane fails and fails, the least tried of the oldest of each incident.
std::optional<std::size_t> Lane::next(Time now) const {
  std::optional<std::size_t> found;
  std::set<std::uint64_t> passed;
  for (std::size_t i = 0; i < parcels_.size(); ++i) {
    const auto& parcel = parcels_[i];
    const auto incident = parcel.notice.incident;
    const bool is_first = incident == 0 || passed.insert(incident).second;
    if (!is_first || (parcel.attempts == 0 && parcel.next_at > now)) continue;
    if (!found || parcel.attempts < parcels_[*found].attempts) found = i;
    if (failures_ < kDoubtAfter) break;
  }
  return found;
}

Time Lane::parcels_wake() const {
  const Time earliest = std::max(not_before_, retry_at_);
  Time first = Time::max();
  for (const auto& parcel : parcels_) {
    first = std::min(first, parcel.attempts > 0 ? earliest : parcel.next_at);
    if (first <= earliest) return earliest;
  }
  return first;
}

Time Lane::wake() const {
  if (!sending_.empty()) return Time::max();
  const Time again = standing_.empty() ? Time::max() : std::max(resend_at_, not_before_);
  return std::min(parcels_wake(), again);
}

OutboxSend Lane::send(const Parcel& parcel, Time now) const {
  OutboxSend made{
      .key = parcel.key, .destination = destination_, .notifier = notifier_, .asks = {}};
  const auto old = standing_.find(parcel.notice.incident);
  if (old == standing_.end() || is_same_alert(old->second.parcel.notice, parcel.notice)) {
    made.asks = notifier_->compose(*destination_, parcel.notice, now);
    return made;
  }
  if (is_end(parcel)) {
    Notice notice = parcel.notice;
    take_identity(notice, old->second.parcel.notice);
    made.asks = notifier_->compose(*destination_, notice, now);
    return made;
  }
  // The alert takes another identity: the new one begins, then the old one ends.
  made.asks = notifier_->compose(*destination_, parcel.notice, now);
  Notice ended = old->second.parcel.notice;
  ended.kind = NoticeKind::resolved;
  ended.at = now;
  std::ranges::move(notifier_->compose(*destination_, ended, now), std::back_inserter(made.asks));
  return made;
}

OutboxSend Lane::tell_again(Time now) {
  OutboxSend made{.key = std::string(kTellingAgain) + destination_->id,
                  .destination = destination_,
                  .notifier = notifier_,
                  .asks = {}};
  for (const auto& [incident, standing] : standing_) {
    std::ranges::move(notifier_->compose(*destination_, standing.parcel.notice, now),
                      std::back_inserter(made.asks));
  }
  resend_at_ = now + notifier_->resend_every;
  return made;
}

std::optional<OutboxSend> Lane::due(Time now) {
  if (wake() > now) return std::nullopt;
  std::optional<OutboxSend> made;
  if (parcels_wake() <= now) {
    if (const auto place = next(now)) made = send(parcels_[*place], now);
  }
  if (!made && !standing_.empty() && resend_at_ <= now) made = tell_again(now);
  if (!made) return std::nullopt;
  sending_ = made->key;
  not_before_ = now + kBetweenSends;
  return made;
}

void Lane::note(const Delivery& result, Time now) {
  if (std::holds_alternative<Delivered>(result)) {
    failures_ = 0;
    retry_at_ = {};
    return;
  }
  ++failures_;
  ++health_.failed_attempts;
  health_.last_error = why_of(result);
  const auto* again = std::get_if<TryAgain>(&result);
  if (again == nullptr) return;
  const auto asked = std::clamp(again->after.value_or(Millis{0}), Millis{0}, kRetryAfterMax);
  retry_at_ = now + std::max(backoff(failures_, destination_->id), asked);
}

// The first message on an incident did not arrive: the next one becomes the first, and an end alone
// is not told.
void Lane::mend(std::uint64_t incident, std::vector<Parcel>& changed) {
  if (incident == 0 || told(incident).sent > 0) return;
  const auto next = std::ranges::find_if(parcels_, [&](const Parcel& parcel) {
    return parcel.notice.incident == incident && !is_end(parcel);
  });
  if (next != parcels_.end()) {
    if (next->attempts > 0 || next->notice.kind == NoticeKind::opened) return;
    next->notice.kind = NoticeKind::opened;
    next->next_at = next->created;  // a first message waits for nothing
    changed.push_back(*next);
    return;
  }
  std::erase_if(parcels_, [&](Parcel& parcel) {
    if (parcel.notice.incident != incident) return false;
    parcel.state = State::folded;
    --told(incident).waiting;
    changed.push_back(std::move(parcel));
    return true;
  });
}

// From now on the parcel's notice is what is told again, in place of an older one.
void Lane::stand(Parcel& parcel, Time now, std::vector<Parcel>& changed) {
  auto& standing = standing_[parcel.notice.incident];
  if (!standing.parcel.key.empty()) {
    if (is_end(parcel)) take_identity(parcel.notice, standing.parcel.notice);
    standing.parcel.state = State::delivered;
    changed.push_back(standing.parcel);
  }
  standing.until = is_end(parcel) ? now + notifier_->resend_resolved_for : Time::max();
  parcel.state = State::standing;
  parcel.next_at = standing.until == Time::max() ? now : standing.until;
  standing.parcel = parcel;
  if (standing_.size() == 1) resend_at_ = now + notifier_->resend_every;
  if (standing_.size() > kStandingMax) standing_.erase(standing_.begin());
}

void Lane::finish_delivered(Parcel& parcel, Time now, std::vector<Parcel>& changed) {
  parcel.state = State::delivered;
  parcel.last_error.clear();
  ++health_.delivered;
  if (const auto incident = parcel.notice.incident; incident != 0) {
    ++told(incident).sent;
    if (notifier_->resend_every > Millis{0}) stand(parcel, now, changed);
  }
  for (const auto& other : parcels_) {
    if (other.attempts >= kDoubtAfter) doubtful_.insert(other.key);
  }
}

void Lane::finish(std::size_t place,
                  const Delivery& result,
                  Time now,
                  std::vector<Parcel>& changed) {
  Parcel parcel = std::move(parcels_[place]);
  parcels_.erase(parcels_.begin() + static_cast<std::ptrdiff_t>(place));
  doubtful_.erase(parcel.key);
  const auto incident = parcel.notice.incident;
  if (incident != 0) --told(incident).waiting;
  changed.emplace_back();  // its own place is the first
  if (std::holds_alternative<Delivered>(result)) {
    finish_delivered(parcel, now, changed);
  } else {
    const bool is_refused = std::holds_alternative<Refused>(result);
    parcel.state = is_refused ? State::refused : State::given_up;
    ++(is_refused ? health_.refused : health_.given_up);
    mend(incident, changed);
  }
  changed.front() = std::move(parcel);
}

std::vector<Parcel> Lane::settle(const std::string& key, const Delivery& result, Time now) {
  if (sending_ == key) sending_.clear();
  std::vector<Parcel> changed;
  const auto at = std::ranges::find(parcels_, key, &Parcel::key);
  const bool is_again = key.starts_with(kTellingAgain);
  if (at == parcels_.end() && !is_again) return changed;
  note(result, now);
  if (is_again) {
    for (auto item = standing_.begin(); item != standing_.end();) {
      if (item->second.until > now) {
        ++item;
        continue;
      }
      changed.push_back(std::move(item->second.parcel));
      changed.back().state = State::delivered;
      item = standing_.erase(item);
    }
    return changed;
  }
  ++at->attempts;
  at->last_error = why_of(result);
  at->next_at = retry_at_;
  const auto* again = std::get_if<TryAgain>(&result);
  const bool is_stale = now - at->created >= kGiveUpAfter;
  // Others went through since: it is this one. A throttled one is no bad one.
  const bool is_poison = doubtful_.contains(key) && again != nullptr && !again->after;
  if (again != nullptr && !is_stale && !is_poison) {
    changed.push_back(*at);
    return changed;
  }
  finish(static_cast<std::size_t>(at - parcels_.begin()), result, now, changed);
  return changed;
}

OutboxHealth Lane::health() const {
  OutboxHealth health = health_;
  health.pending = parcels_.size();
  health.is_reachable = failures_ < kUnreachableAfter;
  return health;
}

}  // namespace bw
