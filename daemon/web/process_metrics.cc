// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/process_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace bw {
namespace {

void add(std::vector<prometheus::MetricFamily>& families,
         prometheus::MetricType type,
         const char* name,
         const char* help,
         double value) {
  prometheus::ClientMetric metric;
  (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  families.push_back({name, help, type, {metric}});
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double count_descriptors() {
  std::error_code trouble;
  double count = 0;
  std::filesystem::directory_iterator at("/proc/self/fd", trouble);
  while (!trouble && at != std::filesystem::directory_iterator()) {
    ++count;
    at.increment(trouble);
  }
  return count - 1;  // the one that lists them
}

}  // namespace

std::string render_process_metrics() {
  using prometheus::MetricType;
  std::vector<prometheus::MetricFamily> families;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    add(families,
        MetricType::Counter,
        "process_cpu_seconds_total",
        "Total user and system CPU time spent in seconds.",
        seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  }
  // proc(5): sizes in pages; the second is what is resident.
  std::ifstream statm("/proc/self/statm");
  double virtual_pages = 0;
  double resident_pages = 0;
  if (statm >> virtual_pages >> resident_pages) {
    const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
    add(families,
        MetricType::Gauge,
        "process_virtual_memory_bytes",
        "Virtual memory size in bytes.",
        virtual_pages * page_bytes);
    add(families,
        MetricType::Gauge,
        "process_resident_memory_bytes",
        "Resident memory size in bytes.",
        resident_pages * page_bytes);
  }
  if (const double open = count_descriptors(); open >= 0) {
    add(families, MetricType::Gauge, "process_open_fds", "Number of open file descriptors.", open);
  }
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    add(families,
        MetricType::Gauge,
        "process_max_fds",
        "Maximum number of open file descriptors.",
        static_cast<double>(limit.rlim_cur));
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace bw
