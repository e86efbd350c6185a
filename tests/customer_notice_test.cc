// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/customer_notice.h"

#include "tests/golden.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bw {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

ServedFunction served(std::string id, std::string title, Service service = Service::working) {
  ServedFunction function;
  function.id = std::move(id);
  function.title = std::move(title);
  function.service = service;
  return function;
}

// The retailer of both incidents, with the few words that its communications would give.
CustomerView retailer() {
  CustomerView view;
  view.functions = {served("browse", "Browsing the website"),
                    served("login", "Signing in"),
                    served("checkout", "Online checkout"),
                    served("app", "The mobile app"),
                    served("click-and-collect", "Click & Collect"),
                    served("gift-cards", "Gift cards and vouchers"),
                    served("store-payments", "Contactless and card payments in stores"),
                    served("order-tracking", "Order tracking")};
  view.functions[2].is_critical = true;
  auto& checkout = view.functions[2].words;
  checkout.fails = "You cannot order on our website or in our app";
  checkout.works = "you can still order online";
  auto& collect = view.functions[4].words;
  collect.instead = {"checkout"};
  collect.advice = "Please offer home delivery to customers whose parcel cannot be found.";
  auto& gifts = view.functions[5].words;
  gifts.name = "gift cards";
  gifts.fails = "gift cards cannot be used in stores or online";
  gifts.instead = {"store-payments"};
  gifts.advice = "Ask customers to keep their gift cards: they stay valid.";
  auto& payments = view.functions[6].words;
  payments.name = "contactless and card payments";
  payments.works = "you can still pay by card";
  payments.advice = "Please offer cash, or chip and PIN where it works.";
  return view;
}

ServedFunction& of(CustomerView& view, std::string_view id) {
  return *std::ranges::find(view.functions, id, &ServedFunction::id);
}

void tell(CustomerView& view, std::string_view id, Service service) {
  auto& function = of(view, id);
  function.service = service;
  function.is_told = true;
  function.incident = 7;
}

std::string print(const Drafts& drafts) {
  return fmt::format("banner:     {}\nsocial:     {}\npush:       {} | {}\ncolleagues: {}\n",
                     drafts.banner,
                     drafts.social,
                     drafts.push_title,
                     drafts.push_body,
                     drafts.colleagues);
}

std::string print(const CustomerNotices& notices) {
  std::string text;
  if (notices.all) text += "-- all --\n" + print(notices.all->drafts);
  for (const auto& notice : notices.each) {
    text += fmt::format("-- {}: {} --\n", notice.functions.front(), print(notice.service)) +
            print(notice.drafts);
  }
  if (notices.to_approve) text += "-- to approve --\n" + print(*notices.to_approve);
  return text;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

void expect_within_limits(const Drafts& drafts) {
  EXPECT_LE(draft_length(drafts.banner), kBannerMax) << drafts.banner;
  EXPECT_LE(draft_length(drafts.social), kSocialMax) << drafts.social;
  EXPECT_LE(draft_length(drafts.push_title), kPushTitleMax) << drafts.push_title;
  EXPECT_LE(draft_length(drafts.push_body), kPushBodyMax) << drafts.push_body;
  EXPECT_LE(draft_length(drafts.colleagues), kColleaguesMax) << drafts.colleagues;
  for (const auto* text :
       {&drafts.banner, &drafts.social, &drafts.push_title, &drafts.push_body, &drafts.colleagues})
    EXPECT_THAT(*text, Not(IsEmpty()));
}

void expect_within_limits(const CustomerNotices& notices) {
  for (const auto& notice : notices.each)
    expect_within_limits(notice.drafts);
  if (notices.all) expect_within_limits(notices.all->drafts);
  if (notices.to_approve) expect_within_limits(*notices.to_approve);
}

// The provider's afternoon: website and app out, stores as ever.
TEST(CustomerNotice, ReadsWellOnTheProvidersAfternoon) {
  auto view = retailer();
  view.link = "https://help.hartley.example";
  tell(view, "browse", Service::partly);
  tell(view, "checkout", Service::failing);
  tell(view, "app", Service::failing);
  tell(view, "login", Service::slow);
  of(view, "click-and-collect").service = Service::unknown;
  const auto notices = compose_customer_notices(view);
  expect_within_limits(notices);
  expect_golden("customers-provider-afternoon.txt", print(notices));
}

// Easter: payments come and go, collection is late, gift cards are switched off.
TEST(CustomerNotice, ReadsWellOnTheEasterWeekend) {
  auto view = retailer();
  tell(view, "store-payments", Service::partly);
  tell(view, "click-and-collect", Service::failing);
  of(view, "click-and-collect").failing_at = {Surface::store};
  of(view, "click-and-collect").working_at = {Surface::app};
  tell(view, "gift-cards", Service::failing);
  const auto notices = compose_customer_notices(view);
  expect_within_limits(notices);
  expect_golden("customers-easter.txt", print(notices));
}

// Six days on: it is declared, and ordering is switched off.
TEST(CustomerNotice, ReadsWellOnceTheIncidentIsDeclared) {
  auto view = retailer();
  tell(view, "store-payments", Service::working);
  tell(view, "click-and-collect", Service::failing);
  tell(view, "gift-cards", Service::failing);
  tell(view, "checkout", Service::failing);
  view.is_declared = true;
  const auto notices = compose_customer_notices(view);
  expect_within_limits(notices);
  expect_golden("customers-declared.txt", print(notices));
}

TEST(CustomerNotice, SaysWhatStillWorksOnlyIfItWasSeenHealthy) {
  auto view = retailer();
  tell(view, "gift-cards", Service::failing);
  const auto healthy = compose_customer_notices(view).each.at(0).drafts;
  EXPECT_THAT(healthy.banner, HasSubstr("you can still pay by card"));
  EXPECT_THAT(healthy.colleagues, HasSubstr("contactless and card payments"));
  for (const auto service : {Service::unknown, Service::slow, Service::partly, Service::failing}) {
    of(view, "store-payments").service = service;
    const auto drafts = compose_customer_notices(view).each.at(0).drafts;
    for (const auto* text : {&drafts.banner, &drafts.social, &drafts.push_body, &drafts.colleagues})
      EXPECT_THAT(*text, Not(HasSubstr("pay"))) << print(service);
  }
}

TEST(CustomerNotice, ClaimsThatNothingWorksWhereNothingWasSeenHealthy) {
  auto view = retailer();
  for (auto& function : view.functions)
    function.service = Service::unknown;
  tell(view, "login", Service::failing);
  const auto drafts = compose_customer_notices(view).each.at(0).drafts;
  EXPECT_EQ(drafts.banner, "Signing in is not available. We are sorry and are working on it.");
  EXPECT_THAT(drafts.colleagues, Not(HasSubstr("vailable: ")));
}

TEST(CustomerNotice, SaysNothingOfAnAttackUnlessItIsDeclared) {
  auto view = retailer();
  for (auto& function : view.functions)
    tell(view, function.id, Service::failing);
  const auto quiet = compose_customer_notices(view);
  EXPECT_FALSE(quiet.to_approve);
  for (const auto* word : {"cyber", "attack", "hack", "security", "breach", "suspect", "malware"})
    EXPECT_THAT(lower_case(print(quiet)), Not(HasSubstr(word)));
  view.is_declared = true;
  const auto declared = compose_customer_notices(view);
  // The drafts that need no approval stay word for word the same.
  EXPECT_EQ(declared.each.at(0).drafts, quiet.each.at(0).drafts);
  EXPECT_EQ(declared.all->drafts, quiet.all->drafts);
  ASSERT_TRUE(declared.to_approve);
  const auto& drafts = *declared.to_approve;
  for (const auto* text : {&drafts.banner,
                           &drafts.social,
                           &drafts.push_title,
                           &drafts.push_body,
                           &drafts.colleagues}) {
    EXPECT_THAT(*text, StartsWith("[To approve] We are dealing with a cyber incident"));
  }
  expect_within_limits(declared);
}

TEST(CustomerNotice, ADeclaredIncidentThatCustomersDoNotNoticeNeedsApprovalToo) {
  auto view = retailer();
  view.is_declared = true;
  const auto notices = compose_customer_notices(view);
  EXPECT_THAT(notices.each, IsEmpty());
  EXPECT_FALSE(notices.all);
  ASSERT_TRUE(notices.to_approve);
  EXPECT_THAT(notices.to_approve->social, HasSubstr("Still available: online checkout, "));
  expect_within_limits(notices);
}

TEST(CustomerNotice, NamesACauseOnlyOnceItIsEstablishedForAllThatItSpeaksOf) {
  auto view = retailer();
  tell(view, "checkout", Service::failing);
  tell(view, "login", Service::failing);
  const auto social = [&view] { return compose_customer_notices(view).all->drafts.social; };
  EXPECT_THAT(social(), Not(HasSubstr("cause")));
  EXPECT_THAT(compose_customer_notices(view).all->drafts.colleagues,
              HasSubstr("we are looking into it. Please do not guess."));
  of(view, "checkout").cause = CustomerCause::supplier;
  EXPECT_THAT(social(), Not(HasSubstr("cause")));
  of(view, "login").cause = CustomerCause::supplier;
  EXPECT_THAT(social(), HasSubstr("The cause is a fault at one of our suppliers."));
  of(view, "checkout").supplier = of(view, "login").supplier = "PayWell";
  EXPECT_THAT(social(), HasSubstr("The cause is a fault at PayWell."));
  of(view, "checkout").cause = of(view, "login").cause = CustomerCause::planned;
  EXPECT_THAT(social(), HasSubstr("This is planned maintenance. Thank you for your patience."));
}

TEST(CustomerNotice, ChangesWithTheSetOfWhatFailsAndEndsWithARecovery) {
  auto view = retailer();
  tell(view, "gift-cards", Service::failing);
  const auto first = compose_customer_notices(view);
  EXPECT_THAT(first.all->functions, ElementsAre("gift-cards"));
  tell(view, "click-and-collect", Service::failing);
  const auto second = compose_customer_notices(view);
  EXPECT_THAT(second.all->functions, ElementsAre("click-and-collect", "gift-cards"));
  EXPECT_NE(second.all->drafts.banner, first.all->drafts.banner);
  tell(view, "gift-cards", Service::working);
  const auto third = compose_customer_notices(view);
  EXPECT_THAT(third.all->functions, ElementsAre("click-and-collect"));
  EXPECT_THAT(third.all->drafts.colleagues, HasSubstr("Working again: gift cards."));
  ASSERT_THAT(third.each, SizeIs(2));
  EXPECT_EQ(third.each[1].service, Service::working);
  EXPECT_EQ(third.each[1].drafts.banner,
            "Gift cards are working normally again. Thank you for your patience.");
  tell(view, "click-and-collect", Service::working);
  const auto over = compose_customer_notices(view);
  EXPECT_EQ(over.all->service, Service::working);
  EXPECT_THAT(over.all->drafts.social,
              StartsWith("Click & Collect is working normally again. Gift cards are working "));
  EXPECT_EQ(over.all->drafts.push_title, "Click & Collect and gift cards working again");
  EXPECT_THAT(over.all->drafts.colleagues, HasSubstr("Please take down signs"));
}

TEST(CustomerNotice, SaysNothingWhileTheMonitorIsBlind) {
  auto view = retailer();
  tell(view, "gift-cards", Service::failing);
  view.is_blind = true;
  view.is_declared = true;
  const auto notices = compose_customer_notices(view);
  EXPECT_THAT(notices.each, IsEmpty());
  EXPECT_FALSE(notices.all);
  EXPECT_FALSE(notices.to_approve);
}

TEST(CustomerNotice, SaysThroughWhichDoorItFailsAndWhichIsOpen) {
  auto view = retailer();
  tell(view, "gift-cards", Service::failing);
  auto& gifts = of(view, "gift-cards");
  gifts.words.fails.clear();
  gifts.words.instead.clear();
  gifts.failing_at = {Surface::web, Surface::app, Surface::store};
  const auto banner = [&view] { return compose_customer_notices(view).each.at(0).drafts.banner; };
  EXPECT_THAT(banner(), StartsWith("Gift cards are not available in stores or online. Still"));
  gifts.failing_at = {Surface::app};
  gifts.working_at = {Surface::web, Surface::store};
  EXPECT_THAT(
      banner(),
      StartsWith("Gift cards are not available in our app; they are still available in stores "
                 "and on our website."));
  // A door without a name: then none is named.
  gifts.failing_at = {Surface::app, Surface::other};
  gifts.working_at = {};
  EXPECT_THAT(banner(), StartsWith("Gift cards are not available. "));
}

TEST(CustomerNotice, KeepsEveryLimitWhateverItIsGiven) {
  for (const std::size_t size : {1U, 20U, 49U, 50U, 51U, 60U, 140U, 150U, 280U, 2'000U}) {
    auto view = retailer();
    view.link = "https://help.hartley.example/" + std::string(70, 'x');
    for (auto& function : view.functions) {
      tell(view, function.id, Service::failing);
      function.title =
          std::string(size, 'x') + " and \xF0\x9F\x94\xA5\xFF" + std::string(size, 'y');
      function.words.name.clear();
      function.words.fails.clear();
      function.words.advice = std::string(size, 'z');
    }
    view.is_declared = true;
    expect_within_limits(compose_customer_notices(view));
    for (auto& function : view.functions)
      function.words.fails = std::string(size, 'f');
    expect_within_limits(compose_customer_notices(view));
  }
}

TEST(CustomerNotice, UsesTheWholeOfALimitAndNotOneMore) {
  CustomerView view;
  view.functions = {served("one", "x")};
  tell(view, "one", Service::failing);
  auto& words = view.functions[0].words;
  constexpr std::string_view kEnd = " not available";
  words.name = std::string(kPushTitleMax - kEnd.size(), 'n');
  const auto title = [&view] {
    return compose_customer_notices(view).each.at(0).drafts.push_title;
  };
  EXPECT_EQ(draft_length(title()), kPushTitleMax);
  words.name += 'n';
  EXPECT_EQ(title(), "Some of our services are disturbed");
}

TEST(CustomerNotice, NamesAsManyFunctionsAsHaveRoom) {
  auto view = retailer();
  for (auto& function : view.functions) {
    tell(view, function.id, Service::failing);
    function.words = {};
  }
  const auto drafts = compose_customer_notices(view).all->drafts;
  EXPECT_THAT(drafts.social, HasSubstr(", and order tracking are not available."));
  EXPECT_THAT(drafts.banner, HasSubstr("more are not available."));
  EXPECT_EQ(drafts.push_title, "Some of our services are disturbed");
}

TEST(CustomerNotice, CountsAPostAsXDoes) {
  EXPECT_EQ(draft_length("abc"), 3U);
  EXPECT_EQ(draft_length("café"), 4U);
  EXPECT_EQ(draft_length("日本"), 4U);
  EXPECT_EQ(draft_length("🔥"), 2U);
  EXPECT_EQ(draft_length("’"), 1U);
  EXPECT_EQ(draft_length("…"), 2U);
}

TEST(CustomerNotice, PutsTitlesIntoSentences) {
  EXPECT_EQ(title_in_sentence("Online checkout"), "online checkout");
  EXPECT_EQ(title_in_sentence("Click & Collect"), "Click & Collect");
  EXPECT_EQ(title_in_sentence("iPhone repairs"), "iPhone repairs");
  EXPECT_EQ(title_in_sentence("I need help"), "I need help");
  EXPECT_EQ(title_in_sentence("TV"), "TV");
  EXPECT_EQ(title_in_sentence(""), "");
}

TEST(CustomerNotice, KnowsOneFromMany) {
  for (const auto* one : {"online checkout",
                          "signing in",
                          "Click & Collect",
                          "the status of orders",
                          "staff access: VPN and mail",
                          "payment in stores"}) {
    EXPECT_FALSE(looks_plural(one)) << one;
  }
  for (const auto* many : {"gift cards",
                           "browsing and search",
                           "contactless and card payments in stores",
                           "returns"}) {
    EXPECT_TRUE(looks_plural(many)) << many;
  }
}

}  // namespace
}  // namespace bw
