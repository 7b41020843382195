#include "rig.h"

#include "ocpp/utc.h"

namespace bench {

namespace {

constexpr uint64_t kStepUs = 100000;

}  // namespace

void Updater::download(const char* from) {
  downloads.push_back(from);
  now = State::Working;
}

void Updater::install() {
  ++installs;
  now = State::Working;
}

evse::ocpp::Settings Rig::defaults() {
  evse::ocpp::Settings settings;
  settings.url = "ws://central.example:9000/";
  settings.identity = "CP 1";
  settings.key = reinterpret_cast<const uint8_t*>("0123456789abcdef");
  settings.key_size = 16;
  settings.hardware[0].kind = evse::Kind::Socket;
  settings.hardware[0].lock = true;
  return settings;
}

Rig::Rig(const evse::ocpp::Settings& settings, const Fram* memory) : settings_(settings) {
  clock.time_us = 1000000;
  if (memory != nullptr) fram.bytes = memory->bytes;
  settings_.equipment.updater = &updater;
  client = std::make_unique<evse::MicroOcppClient>(settings_, transport, fram, clock, log);
  for (evse::Report& each : report) {
    each.energy_mwh = 1000000;
    for (int i = 0; i < 3; ++i) each.voltage_mv[i] = 230000;
    each.temperature_cc = 2500;
  }
}

// A process that charges as soon as it may.
void Rig::play(int connector) {
  evse::Report& now = report[connector - 1];
  const evse::Command& asked = command(connector);
  const bool may = asked.permitted && asked.available && asked.limit_ma >= 6000 && now.plugged &&
                   now.faults == 0;
  now.closed = may && now.vehicle_ready;
  now.offered_ma = may ? asked.limit_ma : 0;
  const bool unlocks = asked.unlock_count != unlocks_[connector - 1];
  unlocks_[connector - 1] = asked.unlock_count;
  if (unlocks && !lock_jammed) now.locked = false;
  for (int i = 0; i < 3; ++i) {
    now.current_ma[i] = now.closed ? static_cast<int32_t>(asked.limit_ma) : 0;
    now.power_mw[i] = now.current_ma[i] * 230;
  }
}

void Rig::run(double seconds) {
  const uint64_t end_us = clock.time_us + static_cast<uint64_t>(seconds * 1e6);
  for (; clock.time_us < end_us; clock.time_us += kStepUs) {
    for (int i = 1; i <= settings_.connectors; ++i) {
      play(i);
      client->report(clock.time_us, i, report[i - 1]);
    }
    client->poll(clock.time_us);
    exchange();
  }
}

void Rig::exchange() {
  const std::vector<std::string> texts = std::move(transport.from_charger);
  transport.from_charger.clear();
  for (const std::string& text : texts) {
    seen.push_back(take_apart(text));
    if (seen.back().type == 2) transport.to_charger.push_back(answer_to(seen.back()));
  }
}

std::string Rig::answer_to(const Sent& call) const {
  const std::string info = "\"idTagInfo\":{\"status\":\"" + tag_status + "\"" +
                           (parent_tag.empty() ? "" : ",\"parentIdTag\":\"" + parent_tag + "\"") +
                           "}";
  const std::string time =
      evse::ocpp::format_utc(kUtc + static_cast<int64_t>(clock.time_us)).get();
  std::string payload;
  if (call.action == "BootNotification") {
    payload = R"("status":"Accepted","currentTime":")" + time + R"(","interval":3600)";
  } else if (call.action == "Heartbeat") {
    payload = "\"currentTime\":\"" + time + "\"";
  } else if (call.action == "Authorize" || call.action == "StopTransaction") {
    payload = info;
  } else if (call.action == "StartTransaction") {
    payload = "\"transactionId\":" + std::to_string(next_transaction) + "," + info;
  }
  return "[3,\"" + call.id + "\",{" + payload + "}]";
}

std::string Rig::call(const std::string& action, const std::string& payload, double seconds) {
  const std::string id = "cs" + std::to_string(++calls_);
  transport.to_charger.push_back("[2,\"" + id + "\",\"" + action + "\"," + payload + "]");
  run(seconds);
  for (const Sent& each : seen) {
    if (each.id == id) return each.type == 4 ? each.action : each.payload;
  }
  return "";
}

void Rig::tag(const std::string& id_tag, int connector) {
  client->present_tag(clock.time_us, connector, id_tag.c_str());
  run(2);
}

void Rig::plug(int connector) {
  evse::Report& now = report[connector - 1];
  now.plugged = true;
  now.vehicle_ready = true;
  now.locked = settings_.hardware[connector - 1].lock;
  run(2);
}

void Rig::unplug(int connector) {
  evse::Report& now = report[connector - 1];
  now.plugged = false;
  now.vehicle_ready = false;
  now.locked = false;
  run(2);
}

std::vector<Sent> Rig::all(const std::string& action) const {
  std::vector<Sent> found;
  for (const Sent& each : seen) {
    if (each.type == 2 && each.action == action) found.push_back(each);
  }
  return found;
}

Sent Rig::last(const std::string& action) const {
  const std::vector<Sent> found = all(action);
  return found.empty() ? Sent() : found.back();
}

std::string Rig::statuses(int connector) const {
  return statuses_in("StatusNotification",
                     "\"connectorId\":" + std::to_string(connector) + ",");
}

std::string Rig::firmware_statuses() const {
  return statuses_in("FirmwareStatusNotification", "");
}

std::string Rig::statuses_in(const std::string& action, const std::string& part) const {
  std::string found;
  for (const Sent& each : all(action)) {
    if (!each.has(part)) continue;
    const size_t from = each.payload.find("\"status\":\"") + 10;
    if (!found.empty()) found += " ";
    found += each.payload.substr(from, each.payload.find('"', from) - from);
  }
  return found;
}

}  // namespace bench
