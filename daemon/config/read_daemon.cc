// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/config/values.h"
#include "probes/exchange.h"

#include <charconv>
#include <chrono>

namespace bw::config {
namespace {

std::uint16_t port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() ? port : std::uint16_t{0};
}

void read_ports(Section& net, NetSettings& settings) {
  auto table = net.table("ports");
  if (!table) return;
  for (const auto key : table->keys()) {
    const auto from = port_of(key);
    if (from == 0) {
      table->problem(table->at(key),
                     in_quotes(key) + " is not a port",
                     "write ports = { \"443\" = 8443 }: the URL's port, and the one to connect to");
      continue;
    }
    settings.ports[from] = static_cast<std::uint16_t>(table->integer(key, from, 1, 65'535));
  }
}

void read_net(Reading& reading) {
  auto section = section_of(reading, "net");
  if (!section) return;
  auto& net = reading.config.net;
  net.name_servers = read_endpoints(*section, "name_servers");
  read_ports(*section, net);
  net.source_address = section->text("source_address");
  if (!net.source_address.empty() && !parse_address(net.source_address)) {
    section->problem(section->at("source_address"),
                     in_quotes(net.source_address) + " is not an address",
                     "write one of this machine's own addresses, without a port");
  }
  net.in_flight_max =
      static_cast<int>(section->integer("in_flight_max", net.in_flight_max, 1, 100'000));
  net.prefers_v6 = section->boolean("prefers_v6", net.prefers_v6);
  net.follows_inside = section->boolean("follows_inside", net.follows_inside);
  reading.defaults.ca_file = read_path(reading, *section, "ca_file");
  section->finish();
}

void read_web(Reading& reading) {
  auto section = section_of(reading, "web");
  if (!section) return;
  auto& web = reading.config.web;
  web.listen = section->text("listen", web.listen);
  if (!is_endpoint(web.listen, true)) {
    section->problem(section->at("listen"),
                     "\"listen\": " + in_quotes(web.listen) + " is not an address with a port",
                     R"(write "127.0.0.1:9808", or "0.0.0.0:9808" for every interface)");
  }
  web.external_url = read_url(*section, "external_url");
  section->finish();
}

void read_journal(Reading& reading) {
  auto section = section_of(reading, "journal");
  if (!section) return;
  using std::chrono::hours;
  auto& retention = reading.config.retention;
  retention.age = section->duration("age", retention.age, hours{24}, hours{24 * 3653});
  retention.bytes_max = section->size("size", retention.bytes_max, 16ULL << 20, 16ULL << 40);
  section->finish();
}

void read_log(Reading& reading) {
  auto section = section_of(reading, "log");
  if (!section) return;
  reading.config.log.level = section->word("level", {"debug", "info", "warn", "error"}, "info");
  section->finish();
}

void read_judge(Reading& reading) {
  auto section = section_of(reading, "judge");
  if (!section) return;
  reading.config.evidence_file = read_path(reading, *section, "evidence_file");
  section->finish();
}

void read_state_directory(Reading& reading) {
  auto& directory = reading.config.state_directory;
  // systemd may give several, separated by colons; the first is ours.
  const auto& given = reading.sources.state_directory;
  const std::string fallback =
      given.empty() ? "/var/lib/bellwether" : given.substr(0, given.find(':'));
  directory = reading.root.text("state_directory", fallback);
  if (directory.starts_with('/')) return;
  reading.root.problem(reading.root.at("state_directory"),
                       "\"state_directory\": " + in_quotes(directory) + " is not an absolute path",
                       "begin it with \"/\"");
}

}  // namespace

void read_daemon(Reading& reading) {
  reading.config.net.user_agent = "bellwether/" BW_VERSION;
  read_net(reading);
  read_web(reading);
  read_journal(reading);
  read_log(reading);
  read_judge(reading);
  read_state_directory(reading);
}

}  // namespace bw::config
