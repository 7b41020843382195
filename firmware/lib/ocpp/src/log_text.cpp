#include "ocpp/log_text.h"

#include "ocpp/charge_point.h"
#include "ocpp/utc.h"

namespace evse::ocpp {

namespace {

const char* name_of(Registration registration) {
  constexpr const char* kNames[] = {"None", "Pending", "Rejected", "Accepted"};
  return kNames[static_cast<int>(registration)];
}

const char* or_none(const char* text) { return text == nullptr ? "-" : text; }

}  // namespace

void LogText::rewind(LogKind kind, int64_t since_utc_us, int64_t until_utc_us) {
  since_utc_us_ = since_utc_us;
  until_utc_us_ = until_utc_us;
  if (kind == LogKind::Security) {
    go_on(Part::Security, cp_.security.first());
  } else {
    go_on(Part::About, 0);
  }
}

void LogText::go_on(Part part, uint32_t index) {
  part_ = part;
  index_ = index;
}

bool LogText::next(LogLine& line) {
  line.clear();
  if (part_ == Part::About) {
    if (about(line)) return true;
    go_on(Part::Configuration, 0);
  }
  if (part_ == Part::Configuration) {
    if (cp_.configuration.line(static_cast<int>(index_++), line)) return true;
    go_on(Part::Connectors, 1);
  }
  if (part_ == Part::Connectors) {
    if (connector(line)) return true;
    go_on(Part::Events, cp_.events.begin());
  }
  if (part_ == Part::Events) {
    if (event(line)) return true;
    part_ = Part::End;
  }
  return part_ == Part::Security && security(line);
}

bool LogText::about(LogLine& line) {
  const Settings& settings = cp_.settings;
  switch (index_++) {
    case 0:
      line.add("identity ").add(settings.identity);
      break;
    case 1:
      line.add("time ").add(format_utc(cp_.utc_us()).get());
      break;
    case 2:
      line.add("running_s ").add(static_cast<int64_t>(cp_.now_us / kSecondUs));
      break;
    case 3:
      line.add("registration ").add(name_of(cp_.calls.registration));
      break;
    case 4:
      line.add("charge_point ").add(settings.vendor).put(' ').add(settings.model);
      line.put(' ').add(or_none(settings.serial_number));
      line.add(" firmware ").add(or_none(settings.firmware_version));
      break;
    case 5:
      line.add("messages_waiting ").add(int64_t{cp_.journal.waiting()});
      break;
    default:
      return false;
  }
  line.put('\n');
  return true;
}

bool LogText::connector(LogLine& line) {
  const Connector* found = cp_.connector(static_cast<int>(index_++));
  if (found == nullptr) return false;
  const Report& report = found->report;
  line.add("connector ").add(int64_t{found->number}).put(' ');
  line.add(ocpp::name_of(cp_.status.shown(found->number).status));
  line.add(found->operative ? "" : " inoperative").add(found->updating ? " updating" : "");
  line.add(found->reserved ? " reserved" : "").add(report.plugged ? " plugged" : "");
  line.add(report.closed ? " closed" : "");
  line.add(" register_wh ").add(found->register_wh());
  line.add(" offered_ma ").add(int64_t{report.offered_ma});
  line.add(" temperature_cc ").add(int64_t{report.temperature_cc});
  line.add(" faults ").add(int64_t{report.faults});
  if (found->transaction != nullptr) {
    line.add(" transaction ").add(int64_t{found->transaction->number});
  }
  line.put('\n');
  return true;
}

bool LogText::event(LogLine& line) {
  const EventRing& events = cp_.events;
  // What has been overwritten since is left out.
  if (index_ < events.begin()) index_ = events.begin();
  if (index_ >= events.end()) return false;
  char c = '\0';
  while (index_ < events.end() && c != '\n') {
    c = events.at(index_++);
    if (c != '\n') line.put(c);
  }
  line.put('\n');
  return true;
}

bool LogText::security(LogLine& line) {
  for (; index_ < cp_.security.end(); ++index_) {
    SecurityEntry entry;
    if (!cp_.security.read(index_, entry) || entry.seq != index_) continue;
    if (entry.utc_us < since_utc_us_ || entry.utc_us > until_utc_us_) continue;
    ++index_;
    line.add(format_utc(entry.utc_us).get()).put(' ').add(ocpp::name_of(entry.event));
    if (!entry.tech_info.empty()) line.add(": ").add(entry.tech_info.get());
    line.put('\n');
    return true;
  }
  return false;
}

}  // namespace evse::ocpp
