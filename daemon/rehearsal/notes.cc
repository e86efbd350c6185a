// SPDX-License-Identifier: Apache-2.0
#include "daemon/rehearsal/notes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace bw::rehearsal {
namespace {

struct Describe {
  const std::string& where;

  std::string operator()(const DnsFault& fault) const {
    if (fault.is_timeout) return "name servers do not answer for " + where;
    if (fault.is_bogus) return "signatures of the zone do not validate: " + where;
    if (fault.rcode) return fmt::format("name servers answer rcode {} for {}", *fault.rcode, where);
    if (fault.latency > Millis{0}) return "slow name servers for " + where;
    return "other DNS records at " + where;
  }
  std::string operator()(TcpFault fault) const {
    constexpr std::array<std::string_view, 3> kWords{"refused", "timing out", "reset"};
    return fmt::format(
        "connections are {} at {}", kWords.at(static_cast<std::size_t>(fault)), where);
  }
  std::string operator()(const TlsFault& fault) const {
    if (fault.is_expired) return "certificate expired at " + where;
    if (fault.is_self_signed) return "self-signed certificate at " + where;
    if (fault.is_wrong_name) return "certificate for another name at " + where;
    if (fault.is_incomplete) return "incomplete certificate chain at " + where;
    if (fault.is_handshake_failing) return "TLS handshakes fail at " + where;
    return "another certificate at " + where;
  }
  std::string operator()(const HttpFault& fault) const {
    if (fault.status) return fmt::format("HTTP {} at {}", *fault.status, where);
    if (!fault.redirect.empty()) return "redirected to " + fault.redirect + ": " + where;
    if (fault.slow != 1 || fault.latency) return "slow answers at " + where;
    return "other answers at " + where;
  }
  std::string operator()(const PageFault& fault) const {
    if (fault.replace_body) return "another page at " + where;
    if (!fault.add_script.empty()) return "a new script on " + where;
    if (!fault.change_script.empty()) return "a script's content changes on " + where;
    if (!fault.form_action.empty()) return "a form leads elsewhere on " + where;
    if (!fault.insert_text.empty()) return "a notice on " + where;
    return "pages change at " + where;
  }
  std::string operator()(LoginFault fault) const {
    constexpr std::array<std::string_view, 3> kWords{
        "right passwords are refused", "any password is accepted", "everyone is challenged"};
    return fmt::format("{} at {}", kWords.at(static_cast<std::size_t>(fault)), where);
  }
  std::string operator()(const JsonFault&) const { return "other JSON values at " + where; }
  std::string operator()(const FeedFault& fault) const {
    return where + " says: " + (fault.maintenance.empty() ? fault.title : fault.maintenance);
  }
  std::string operator()(const RdapFault&) const { return "registration data change: " + where; }
  std::string operator()(const CtFault& fault) const {
    return fmt::format(
        "{} issues a certificate for {}", fault.issuer, fmt::join(fault.names, ", "));
  }
  std::string operator()(const BgpFault& fault) const {
    return (fault.is_withdrawn ? "routes withdrawn for " : "routes change for ") + where;
  }
  std::string operator()(const VantageFault& fault) const {
    if (fault.is_resolver_broken) return "the monitor's own resolver is broken";
    return fault.is_down ? "the monitor's own network is down"
                         : "the monitor's own network loses packets";
  }
  std::string operator()(const AnnounceFault& fault) const {
    return "announced (" + fault.kind + "): " + fault.text;
  }
  std::string operator()(const MetricFault& fault) const {
    return fmt::format("{} is {}, normally {}", fault.name, fault.value, fault.normal);
  }
};

}  // namespace

std::string describe(const Event& event) {
  if (!event.note.empty()) return event.note;
  const auto where = fmt::format("{}", fmt::join(event.on, ", "));
  return std::visit(Describe{where}, event.fault);
}

}  // namespace bw::rehearsal
