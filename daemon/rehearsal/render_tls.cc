// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/render_tls.h"

#include "daemon/rehearsal/chance.h"
#include "daemon/rehearsal/links.h"

#include <algorithm>

namespace bw::rehearsal {
namespace {

constexpr Millis kDay{std::chrono::hours{24}};
constexpr Millis kRenewedBeforeEnd = 30 * kDay;
constexpr Millis kBackdated{std::chrono::hours{1}};  // as CAs do against slow clocks
constexpr int kOtherDays = 90;                       // of certificates that faults bring
constexpr std::string_view kOtherIssuer = "Commons TLS CA 1";

std::string hex_of(std::uint64_t identity, int words) {
  std::string hex(static_cast<std::size_t>(words) * 16, '0');
  for (auto at = hex.begin(); at != hex.end();) {
    identity = mix(identity);
    for (int shift = 60; shift >= 0; shift -= 4)
      *at++ = "0123456789abcdef"[identity >> shift & 15];
  }
  return hex;
}

// The life of the certificate in use at `now`, and its number in the host's line of certificates.
struct Life {
  Time begin{};
  std::int64_t number = 0;
};

std::int64_t floor_div(Millis a, Millis b) {
  const auto quotient = a.count() / b.count();
  return a.count() % b.count() < 0 ? quotient - 1 : quotient;
}

struct Renewals {
  Millis life{0};
  std::optional<std::pair<Time, Time>> expiry;  // an expiry that an incident plays
  bool is_expired_here = false;                 // and this request meets it
};

Life life_at(const Name& name, const Renewals& renewals, Time now) {
  const auto& [life, expiry, is_expired_here] = renewals;
  const Millis step = life - kRenewedBeforeEnd;
  if (expiry && !is_expired_here && expiry->first <= now && now < expiry->second) {
    // Another server of the same name, which did get its renewal.
    return {.begin = expiry->first - kRenewedBeforeEnd, .number = 1000};
  }
  if (expiry && now < expiry->second) {
    // The renewal that should have replaced this one never came; those before it did.
    const Time last = expiry->first - life;
    if (now >= last) return {.begin = last, .number = -1};
    const auto back = floor_div(now - last, step);
    return {.begin = last + back * step, .number = back - 1};
  }
  const auto phase =
      static_cast<std::int64_t>(hash_text(name.name) % static_cast<std::uint64_t>(step.count()));
  const Time anchor = expiry ? expiry->second : Time{Millis{phase}};
  const auto number = floor_div(now - anchor, step);
  return {.begin = anchor + number * step, .number = number};
}

void apply_faults(const Troubles& troubles, CertificatePlan& plan) {
  const auto& fault = troubles.tls;
  const bool is_other =
      fault.is_self_signed || !fault.issuer.empty() || !fault.names.empty() || fault.is_wrong_name;
  if (is_other) {
    const bool keeps_key = !fault.is_new_key.value_or(true);
    const auto identity = mix(troubles.tls_identity, hash_text(plan.common_name));
    if (!keeps_key) plan.key_identity = identity;
    plan.serial_identity = mix(identity, 1);
    plan.not_before = troubles.tls_since - kBackdated;
    plan.not_after = plan.not_before + kOtherDays * kDay;
  }
  if (fault.is_wrong_name && fault.names.empty()) {
    plan.common_name = "default-site.example";
    plan.names = {plan.common_name};
  }
  if (!fault.names.empty()) {
    plan.names = fault.names;
    plan.common_name = fault.names.front();
  }
  if (!fault.issuer.empty()) plan.issuer = fault.issuer;
  if (fault.is_self_signed) {
    plan.is_self_signed = true;
    plan.issuer = plan.common_name;
  }
  plan.is_incomplete = fault.is_incomplete;
}

Certificate render(const CertificatePlan& plan) {
  return {.subject = "CN=" + plan.common_name,
          .issuer = plan.is_self_signed ? "CN=" + plan.common_name : issuer_name(plan.issuer),
          .key_sha256 = hex_of(plan.key_identity, 4),
          .fingerprint_sha256 = hex_of(mix(plan.serial_identity, 2), 4),
          .serial = hex_of(mix(plan.serial_identity, 3), 2),
          .names = plan.names,
          .not_before = plan.not_before,
          .not_after = plan.not_after};
}

Certificate render_intermediate(const std::string& issuer) {
  const auto identity = hash_text(issuer);
  constexpr Millis kLife = 3650 * kDay;
  const Time begin = Time{std::chrono::sys_days{std::chrono::year{2012} / 1 / 1}} +
                     Millis{static_cast<std::int64_t>(identity % 1000) * kDay.count()};
  return {.subject = issuer_name(issuer),
          .issuer = issuer_name(issuer.substr(0, issuer.find(' ')) + " Root"),
          .key_sha256 = hex_of(identity, 4),
          .fingerprint_sha256 = hex_of(mix(identity, 2), 4),
          .serial = hex_of(mix(identity, 3), 2),
          .names = {},
          .not_before = begin,
          .not_after = begin + 2 * kLife};
}

}  // namespace

std::string issuer_name(const std::string& common_name) {
  return "O=" + common_name.substr(0, common_name.find(' ')) + ", CN=" + common_name;
}

bool covers(const std::string& pattern, const std::string& name) {
  if (lower_case(pattern) == lower_case(name)) return true;
  if (!pattern.starts_with("*.")) return false;
  const auto dot = name.find('.');
  return dot != std::string::npos && dot > 0 &&
         lower_case(name.substr(dot)) == lower_case(pattern.substr(1));
}

CertificatePlan plan_certificate(const WorldFile& world,
                                 const Name& name,
                                 std::optional<std::pair<Time, Time>> expiry,
                                 const Troubles& troubles,
                                 Time now) {
  CertificatePlan plan;
  plan.common_name = name.name;
  plan.names = {name.name};
  plan.issuer = kOtherIssuer;
  int days = kOtherDays;
  if (name.place.host >= 0) {
    const auto& host = world.hosts[static_cast<std::size_t>(name.place.host)];
    plan.issuer = host.ca;
    days = host.cert_days;
  }
  const auto life =
      life_at(name,
              {.life = days * kDay, .expiry = expiry, .is_expired_here = troubles.tls.is_expired},
              now);
  plan.key_identity = mix(hash_text(name.name), static_cast<std::uint64_t>(life.number));
  plan.serial_identity = mix(plan.key_identity, 1);
  plan.not_before = life.begin;
  plan.not_after = life.begin + days * kDay;
  apply_faults(troubles, plan);
  return plan;
}

Chain render_chain(const CertificatePlan& plan, const std::string& server_name, Time now) {
  Chain chain;
  chain.version = "TLS 1.3";
  chain.cipher = "TLS_AES_256_GCM_SHA384";
  chain.presented.push_back(render(plan));
  if (!plan.is_self_signed && !plan.is_incomplete) {
    chain.presented.push_back(render_intermediate(plan.issuer));
  }
  const auto& leaf = chain.presented.front();
  const auto fail = [&](Outcome trouble, std::string why) {
    chain.trouble = trouble;
    chain.why = std::move(why);
  };
  // In the order in which OpenSSL finds them: the chain, then times, then the name.
  if (plan.is_self_signed) {
    fail(Outcome::tls_self_signed, "the certificate of " + server_name + " is self-signed");
  } else if (plan.is_incomplete) {
    fail(Outcome::tls_incomplete_chain, "the certificate of " + leaf.issuer + " is missing");
  } else if (leaf.not_after <= now) {
    fail(Outcome::tls_expired, "expired " + print_time(leaf.not_after));
  } else if (leaf.not_before > now) {
    fail(Outcome::tls_not_yet_valid, "not valid before " + print_time(leaf.not_before));
  } else if (std::ranges::none_of(leaf.names, [&](const std::string& pattern) {
               return covers(pattern, server_name);
             })) {
    fail(Outcome::tls_wrong_name,
         "the certificate is for " + leaf.names.front() + ", not for " + server_name);
  }
  return chain;
}

}  // namespace bw::rehearsal
