// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/estate.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What customers may be told, as drafts that a person posts: what does not work, what still does.
// Never a cause that is not established, and never an attack unless the incident is declared, and
// then only in drafts that wait for an approval.
namespace bw {

// Limits of drafts, in the units of `draft_length`.
inline constexpr std::size_t kBannerMax = 140;
inline constexpr std::size_t kSocialMax = 280;  // X's, the narrowest of the usual ones
inline constexpr std::size_t kPushTitleMax = 50;
inline constexpr std::size_t kPushBodyMax = 150;
inline constexpr std::size_t kColleaguesMax = 1'000;

// Of what the configuration gives, in bytes, so that what fails always has room in a draft.
inline constexpr std::size_t kCustomerNameMax = 60;
inline constexpr std::size_t kCustomerClauseMax = 120;
inline constexpr std::size_t kCustomerAdviceMax = 300;
inline constexpr std::size_t kNoticeLinkMax = 100;

// How a function serves customers, as far as it is seen.
enum class Service : std::uint8_t {
  unknown,
  working,  // through every door, at the newest look
  slow,     // or just recovered, and not trusted yet
  partly,   // for some, or at times
  failing,
};
[[nodiscard]] std::string_view print(Service service);

enum class CustomerCause : std::uint8_t { none, planned, supplier };

// A function that customers may hear of.
struct ServedFunction {
  std::string id;
  std::string title;
  bool is_critical = false;
  CustomerWords words;
  Service service = Service::unknown;
  bool is_told = false;  // it is part of an open incident, or of one that was over lately
  std::uint64_t incident = 0;
  Time since{};                     // of its state
  std::vector<Surface> failing_at;  // doors through which nobody comes, others being open or named
  std::vector<Surface> working_at;  // the open ones of a function that fails elsewhere
  CustomerCause cause = CustomerCause::none;  // established: beyond doubt, and not only inferred
  std::string supplier;                       // whose name may be told; else empty
};

struct NoticeSettings {
  bool names_providers = false;
  std::string link;  // an address for customers; may be empty
};

struct CustomerView {
  std::vector<ServedFunction> functions;  // as configured
  bool is_blind = false;                  // nothing is known: no drafts
  bool is_declared = false;               // an open incident is declared a cyber incident
  std::string link;
};

struct Drafts {
  std::string banner;
  std::string social;
  std::string push_title;
  std::string push_body;
  std::string colleagues;
  bool operator==(const Drafts&) const = default;
};

struct CustomerNotice {
  std::vector<std::string> functions;  // ids: those in trouble, or those that recovered
  Service service = Service::failing;  // the worst of them; working: they recovered
  std::uint64_t incident = 0;
  Time since{};
  Drafts drafts;
};

struct CustomerNotices {
  std::vector<CustomerNotice> each;   // a function a notice: those in trouble first
  std::optional<CustomerNotice> all;  // of everything at once; only of what recovered once all did
  std::optional<Drafts> to_approve;   // says that there is a cyber incident, marked as unapproved
};

// Pure: the same view gives the same words.
[[nodiscard]] CustomerNotices compose_customer_notices(const CustomerView& view);

// As X counts a post: 1 for what is below U+1100 and for general punctuation, 2 for all else.
// Never less than the characters that others count.
[[nodiscard]] std::size_t draft_length(std::string_view text);

// A title as it stands inside a sentence: "online checkout" for "Online checkout". A title with
// further capitals is a name, and stays: "Click & Collect".
[[nodiscard]] std::string title_in_sentence(std::string_view title);
// Whether "are" follows the name: "gift cards", "browsing and search", not "status of an order".
[[nodiscard]] bool looks_plural(std::string_view name);

}  // namespace bw
