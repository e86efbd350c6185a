// SPDX-License-Identifier: Apache-2.0
#include "daemon/notify/playbook.h"

#include <fmt/format.h>

#include <array>
#include <span>

namespace bw {
namespace {

using Steps = std::array<std::string_view, 4>;  // an empty one ends the list

// One play per hypothesis, in its order. "{0}" is whose it is: a provider's name or the
// organisation's.
constexpr std::array<Steps, kHypotheses> kPlays{{
    // own_change
    {"Find what changed shortly before the start: deploys, feature flags, configuration, jobs.",
     "Roll the latest change back first and look for the reason afterwards.",
     "Freeze other changes until the service is stable.",
     ""},
    // own_capacity
    {"Check load, queues and connection pools; add capacity where that is quick.",
     "Switch off what is costly and not essential, or turn on the waiting room.",
     "Ask marketing whether a sale, mailing or launch has just begun.",
     ""},
    // provider_outage
    {"Open a ticket with {0} now, with the start time and the errors seen; ask for their estimate.",
     "Post the customer notice: say what does not work and what still does, and name no cause yet.",
     "Decide whether to fail over or to switch off what depends on {0}; if neither, until when to "
     "wait.",
     "Hold own changes: do not debug a provider's outage with deploys."},
    // planned_maintenance
    {"Check the maintenance window: who runs it, and when it ends.",
     "If it runs over or reaches more than was announced, call whoever runs it at {0}.",
     "Post the customer notice with the announced end.",
     ""},
    // cert_expiry
    {"Renew the certificate and deploy it to every server and edge that serves the name, with its "
     "intermediates.",
     "Check from outside that the new one is served everywhere, over IPv4 and IPv6.",
     "Find out why automatic renewal or its deployment failed: the next name may expire the same "
     "way.",
     "Do not tell customers to click through warnings."},
    // dns_misconfig
    {"Compare the zone, the delegation and DNSSEC (DS against DNSKEY) with the last good state.",
     "Restore the last good records; mind their TTL before judging the effect.",
     "Check with the registrar that the domain is paid for, locked and not on hold.",
     ""},
    // network_bgp
    {"Ask the network provider and look at the routes to our prefixes from several places.",
     "Find out which networks cannot reach us: it may be one operator's customers only.",
     "Move traffic to another path or edge where there is one.",
     ""},
    // monitor_local
    {"Check the monitor's own network, resolver, clock and disk before paging anybody else.",
     "Look at the services from another network, such as a phone.",
     "Trust no other verdict from this monitor until its control sites answer.",
     ""},
    // own_hardware
    {"Check power, cooling and storage at the site, and what the hosting provider says.",
     "Move to the standby site if recovery is not certain within minutes.",
     "Make sure that backups are safe before repairing storage.",
     ""},
    // ddos
    {"Call the CDN or scrubbing provider's emergency line and turn on their protection.",
     "Keep samples of the traffic and the logs; watch sign-in and payment, a flood may be cover.",
     "Answer no extortion message without the police and counsel.",
     ""},
    // ransomware_containment
    {"Isolate affected systems from the network and leave them powered on.",
     "Protect the backups: take them offline now and check that they are whole.",
     "Stop remote access and privileged accounts that are not needed; check the identity systems.",
     ""},
    // dns_hijack
    {"Call the registrar and the DNS provider by phone: undo the change and lock the domain.",
     "Assume that passwords, sessions and mail sent since the start were read; plan to reset them.",
     "Look for certificates issued for the name since the start, and have them revoked.",
     ""},
    // bgp_hijack
    {"Call the upstream networks: ask them to filter the false route; check the RPKI ROAs.",
     "Announce more specific prefixes if they allow it.",
     "Assume that traffic since the start was read; look for certificates issued meanwhile.",
     ""},
    // tls_interception
    {"Keep the foreign certificate chain; report it to the authority that issued it, for "
     "revocation.",
     "Check DNS and routes: interception needs one of them, or a system on the way.",
     "Assume that what was sent over it since the start was read; plan to reset sessions.",
     ""},
    // defacement
    {"Save the page as it is served, with its headers, then replace it by a static page.",
     "Find the way in before restoring: the content system, its plug-ins, the storage or DNS.",
     "Change the credentials for publishing.",
     ""},
    // skimmer
    {"Take the page's new script or form off, or close card payment, until it is explained.",
     "Save the script, its address and the page that loads it as evidence.",
     "Work out since when it was served: those customers' card data are at risk.",
     ""},
    // subdomain_takeover
    {"Delete the dangling DNS record, or take the resource it points to back.",
     "Check which cookies and sign-ins that name could read.",
     "Look for certificates issued for the name.",
     ""},
    // account_attack
    {"Turn on rate limits, challenges and step-up for sign-in.",
     "Freeze spending of gift cards, points and stored cards on accounts that look taken over.",
     "Keep the sign-in logs; prepare forced password resets.",
     ""},
    // provider_compromised
    {"Call {0}'s security contact on a number that you already have; ask what was reached.",
     "Cut its access to our systems: keys, tokens, scripts, network links.",
     "List what data of ours {0} holds.",
     ""},
}};

// Before anything else once a cyber incident is suspected.
constexpr std::array<std::string_view, 2> kCyberFirst{
    "Preserve evidence: do not reboot, wipe or reimage anything; keep logs, and note who did what "
    "and when.",
    "Start the call list on a channel outside the affected systems (phone, a separate chat): "
    "incident lead, security, legal, communications, insurer."};
// Sources: UK GDPR Art. 33(1); Directive (EU) 2022/2555 (NIS2) Art. 23(4); PCI DSS v4.0.1, 12.10.
constexpr std::string_view kWhoMustBeTold =
    "Note the time: clocks may run from when you became aware (information, not legal advice). "
    "Personal data at risk: the regulator within 72 h (UK GDPR and GDPR, Art. 33). NIS2 entities: "
    "early warning within 24 h, notification within 72 h (Art. 23). Card data: the acquirer and "
    "the card brands at once (PCI DSS 12.10).";

constexpr Steps kUndecided{
    "Treat it as an outage, and keep logs and changed files as if it were an attack: do not wipe.",
    "Ask who changed what shortly before the start, and whether any maintenance is running.",
    "Ask the providers that the failing functions need whether they see trouble.",
    "Post the customer notice: say what does not work and what still does, and name no cause."};

// Targets that one message names.
constexpr std::size_t kUnapprovedMax = 6;

// Nothing fails, but something is not as approved. {} is for the targets.
constexpr Steps kUnexplainedChange{
    "Ask the team that owns the page or name whether they made this change; if they did, run "
    "\"bellwether approve{}\" where bellwether runs.",
    "Until somebody owns it, keep a copy of what is served now and of what was served before.",
    "If nobody made it, take it back and treat it as an attack: payment and sign-in pages first.",
    ""};

void append_play(std::vector<std::string>& steps,
                 std::span<const std::string_view> play,
                 std::string_view whose) {
  for (const auto step : play) {
    if (step.empty() || steps.size() == kFirstStepsMax) return;
    steps.push_back(fmt::format(fmt::runtime(step), whose));
  }
}

// Behind "open a ticket with", "call": somebody, also where nobody is named.
std::string whose_is_it(const Estate& estate, const Verdict& verdict) {
  if (!verdict.culprit.empty() && verdict.culprit != kOwn) {
    return std::string(estate.name_of(verdict.culprit));
  }
  const bool is_providers = verdict.leading == Hypothesis::provider_outage ||
                            verdict.leading == Hypothesis::provider_compromised;
  return is_providers ? "the provider" : "our side";
}

// " home account", as a command line continues.
std::string unapproved(const Incident& incident) {
  std::string ids;
  for (std::size_t i = 0; i < incident.unapproved.size(); ++i) {
    if (i == kUnapprovedMax) return ids + " ...";
    ids += " " + incident.unapproved[i];
  }
  return ids;
}

}  // namespace

std::vector<std::string> first_steps(const Estate& estate, const Incident& incident) {
  const auto& verdict = incident.verdict;
  const std::string whose = whose_is_it(estate, verdict);
  const auto& play = kPlays.at(static_cast<std::size_t>(verdict.leading));
  std::vector<std::string> steps;
  if (verdict.level == Level::blind) {
    append_play(steps, kPlays.at(static_cast<std::size_t>(Hypothesis::monitor_local)), whose);
  } else if (is_suspicious(verdict.level)) {
    append_play(steps, kCyberFirst, whose);
    const std::size_t room = kFirstStepsMax - steps.size() - 1;
    append_play(
        steps,
        verdict.is_decided ? std::span(play).first(room) : std::span(kUndecided).subspan(1, room),
        whose);
    steps.emplace_back(kWhoMustBeTold);
  } else if (verdict.is_decided && !is_cyber(verdict.leading)) {
    append_play(steps, play, whose);
  } else {
    if (incident.is_integrity) {
      append_play(steps, kUnexplainedChange, unapproved(incident));
    } else {
      append_play(steps, kUndecided, whose);
    }
  }
  return steps;
}

}  // namespace bw
