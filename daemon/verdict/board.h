// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"
#include "daemon/verdict/verdict.h"
#include "probes/words.h"

#include <map>
#include <string>
#include <vector>

namespace bw {

// What others say: status feeds, the organisation's own statements, the change calendar.
class Board {
 public:
  struct Said {
    FeedItem item;
    std::uint64_t seq = 0;
    Time first{};                        // of the item
    std::vector<std::string> revisions;  // digests of its texts, oldest first, at most 16
    Words words;                         // what title and body claim
  };

  explicit Board(const Estate& estate);
  // Whether it says anything new.
  bool absorb(const FeedItem& item, std::uint64_t seq);
  bool absorb(const Announcement& announcement, std::uint64_t seq);
  void age(Time now);

  // What the provider says of itself: the worst of its open items, else its page's state.
  [[nodiscard]] FeedState state(std::string_view provider) const;
  // Whether it speaks of trouble of its own, or spoke of it since `from` and has closed it.
  [[nodiscard]] bool has_confessed(std::string_view provider, Time from) const;
  [[nodiscard]] bool is_live(std::string_view provider) const;  // its feed was read at least once
  // Open items of a provider, newest first.
  [[nodiscard]] std::vector<const Said*> open(std::string_view provider) const;
  // Statements of the organisation made or changed at or after `from`, newest first, open or not.
  [[nodiscard]] std::vector<const Said*> statements(Time from) const;
  // Whoever says since `from` that there is, or was, an attack; newest first, open or not.
  [[nodiscard]] std::vector<const Said*> attacks(Time from) const;
  // Announcements of `kind` whose window, widened by `slack` on both sides, holds `at` and that
  // concern one of the functions (or all).
  struct Planned {
    Announcement announcement;
    std::uint64_t seq = 0;
  };
  [[nodiscard]] std::vector<const Planned*> planned(
      std::string_view kind,
      Time at,
      Millis slack,
      const std::vector<std::string>& functions) const;
  [[nodiscard]] bool has_calendar() const;

  template <class A>
  friend void describe(A& a, Board& board);

 private:
  const Estate* estate_;
  std::map<std::pair<std::string, std::string>, Said> said_;  // (provider, item)
  std::vector<Planned> planned_;
};

[[nodiscard]] Words words_of(const FeedItem& item);

}  // namespace bw
