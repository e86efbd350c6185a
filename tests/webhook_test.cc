// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/notifier.h"
#include "tests/golden.h"
#include "tests/notice_samples.h"
#include "tests/replies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace bw {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr auto* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

Destination receiver(std::string secret = kSecret) {
  Destination destination;
  destination.url = "https://receiver.example/hook";
  destination.secret = std::move(secret);
  return destination;
}

TEST(Webhook, SendsTypeTimestampAndData) {
  const auto asks =
      notify::webhook.compose(receiver(), samples::notice(Opened{samples::glitch()}), Time{});
  expect_golden("webhook-provider-outage.json", json::parse(asks.front().body).dump(1));
}

// The expected value is what Python's hmac, hashlib and base64 make of the same bytes.
TEST(Webhook, SignsIdTimestampAndBody) {
  Notice notice;
  notice.key = "inc-1/2/opened";
  const auto asks =
      notify::webhook.compose(receiver(), notice, samples::at("2024-05-18T12:33:10.900Z"));
  ASSERT_THAT(asks, SizeIs(1));
  const auto& headers = asks.front().headers;
  EXPECT_EQ(find_header(headers, "webhook-id"), "inc-1/2/opened");
  EXPECT_EQ(find_header(headers, "webhook-timestamp"), "1716035590");
  EXPECT_EQ(find_header(headers, "webhook-signature"),
            "v1,SjstkPMSgAJ7fXegx224qNIMCwsbO9/9DAPMRj9KjcQ=");
}

TEST(Webhook, RepeatsIdAndBodyButStampsTheAttempt) {
  const auto notice = samples::notice(Opened{samples::glitch()});
  const auto first = notify::webhook.compose(receiver(), notice, Time{}).front();
  const auto again = notify::webhook.compose(receiver(), notice, Time{Seconds{60}}).front();
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(find_header(first.headers, "webhook-id"), find_header(again.headers, "webhook-id"));
  EXPECT_EQ(find_header(again.headers, "webhook-timestamp"), "60");
  EXPECT_NE(find_header(first.headers, "webhook-signature"),
            find_header(again.headers, "webhook-signature"));
}

TEST(Webhook, SignsWithBothSecretsWhileOneReplacesTheOther) {
  const auto both = std::string(kSecret) + "  whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD ";
  const auto ask = notify::webhook.compose(receiver(both), Notice{}, Time{}).front();
  const auto signatures = std::string(find_header(ask.headers, "webhook-signature"));
  EXPECT_THAT(signatures, StartsWith("v1,"));
  EXPECT_THAT(signatures, HasSubstr(" v1,"));
  EXPECT_THAT(notify::webhook.check(receiver(both)), IsEmpty());
}

TEST(Webhook, StaysBelowTwentyKilobytes) {
  const auto ask = notify::webhook.compose(receiver(), samples::hostile(), Time{}).front();
  EXPECT_LT(ask.body.size(), 20'000U);
  EXPECT_TRUE(json::accept(ask.body));
}

TEST(Webhook, NeverSendsUnsigned) {
  for (const auto* secret : {"",
                             "whsec_",
                             "whsec_c2hvcnQ=",
                             "whsec_!!!!",
                             "secret",
                             "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    EXPECT_THAT(notify::webhook.compose(receiver(secret), Notice{}, Time{}), IsEmpty()) << secret;
    EXPECT_THAT(notify::webhook.check(receiver(secret)), SizeIs(1)) << secret;
  }
  EXPECT_THAT(notify::webhook.check(receiver()), IsEmpty());
}

TEST(Webhook, TakesEveryTwoHundredAndEndsAtFourTen) {
  for (const int status : {200, 201, 202, 204}) {
    EXPECT_TRUE(
        std::holds_alternative<Delivered>(notify::webhook.read(answer(status, ""), Time{})));
  }
  for (const int status : {400, 410, 413, 415, 422}) {
    EXPECT_TRUE(std::holds_alternative<Refused>(notify::webhook.read(answer(status, ""), Time{})));
  }
  for (const int status : {401, 403, 404, 405, 409}) {
    EXPECT_TRUE(std::holds_alternative<TryAgain>(notify::webhook.read(answer(status, ""), Time{})));
  }
}

}  // namespace
}  // namespace bw
