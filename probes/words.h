// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a holding page, an API's message, a status feed or an announcement claims. Claims are read
// for their meaning, sentence by sentence, and a denial ("this is not a security issue") is another
// claim than its opposite. Nobody needs to believe what is claimed: that is for rules to weigh.
namespace bw {

#define BW_WORD_CLASSES(X)                                                             \
  X(holding)      /* sorry, unavailable, back soon: says that it is down, not why */   \
  X(maintenance)  /* planned or essential work, upgrades */                            \
  X(queue)        /* a place in a line, a waiting room */                              \
  X(demand)       /* more visitors than there is room for */                           \
  X(precaution)   /* systems taken down on purpose, to protect or contain */           \
  X(security)     /* a cyber or security incident, intrusion, breach, hijack */        \
  X(not_security) /* denies that, and nothing else in the text claims it */            \
  X(ddos)         /* a denial of service attack */                                     \
  X(ransom)       /* ransomware, extortion */                                          \
  X(experts)      /* police, authorities, forensic experts */                          \
  X(technical)    /* technical issue, fault, error, glitch */                          \
  X(third_party)  /* a supplier's or partner's fault */                                \
  X(change)       /* an update, release or configuration change went wrong */          \
  X(facility)     /* power, cooling, fire, data centre */                              \
  X(certificate)  /* an expired or wrong certificate */                                \
  X(names)        /* domain name, registrar, name servers */                           \
  X(withdrawn)    /* a function is paused, disabled, not offered, on purpose or not */ \
  X(degraded)     /* delayed, limited, partial */                                      \
  X(resolved)     /* restored, back to normal */                                       \
  X(challenge)    /* prove that you are human */                                       \
  X(denied)       /* access refused to this visitor, region or network */              \
  X(credentials)  /* the password or name is wrong */                                  \
  X(step_up)      /* a further code or proof of identity is asked for */               \
  X(defacement)   /* "hacked by": somebody else boasts */                              \
  X(parked)       /* the domain has expired or is for sale */                          \
  X(unclaimed)    /* a hosting service's "nothing here": the name can be taken over */

enum class WordClass : std::uint8_t {
#define X(name) name,
  BW_WORD_CLASSES(X)
#undef X
};
[[nodiscard]] std::string_view print(WordClass word_class);
[[nodiscard]] std::optional<WordClass> parse_word_class(std::string_view name);

struct Claim {
  WordClass what = WordClass::holding;
  std::string phrase;  // the words that say so, as written, folded, 120 bytes
  bool operator==(const Claim&) const = default;
};
// At most one claim a class, in the order of the classes.
struct Words {
  std::vector<Claim> claims;
  [[nodiscard]] bool has(WordClass what) const;
  [[nodiscard]] std::string_view phrase(WordClass what) const;  // empty where it is not claimed
  [[nodiscard]] std::vector<std::string> names() const;         // for Fact::words
};

// Plain text in any encoding of ASCII's superset; what comes after kWordsBytesMax is not read.
// English, as the messages that it was written from: other languages claim nothing.
inline constexpr std::size_t kWordsBytesMax = 32 << 10;
[[nodiscard]] Words read_words(std::string_view text);
// A value that a program wrote, such as "ordering_paused", "SITE_DISABLED" or "offline": one to
// three words that name a state. Nothing for "ok", for prose and for numbers.
[[nodiscard]] std::optional<WordClass> read_state(std::string_view value);

}  // namespace bw
