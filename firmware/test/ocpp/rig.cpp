#include "rig.h"

#include <string.h>

#include "ocpp/utc.h"

namespace bench {

bool Fram::read(int address, uint8_t* data, int size) {
  if (broken || address < 0 || address + size > evse::ocpp::kFramBytes) return false;
  memcpy(data, bytes.data() + address, static_cast<size_t>(size));
  return true;
}

bool Fram::write(int address, const uint8_t* data, int size) {
  if (broken || address < 0 || address + size > evse::ocpp::kFramBytes) return false;
  for (int i = 0; i < size; ++i) {
    if (is_dead()) return false;
    bytes[static_cast<size_t>(address + i)] = data[i];
    ++written;
  }
  return true;
}

evse::ocpp::Settings Rig::defaults(int connectors) {
  evse::ocpp::Settings settings;
  settings.url = "ws://central.example:9000/";
  settings.identity = "CP 1";
  settings.connectors = connectors;
  return settings;
}

Rig::Rig(const evse::ocpp::Settings& settings, const Fram* memory,
         const evse::hal::Equipment& equipment) {
  if (memory != nullptr) fram.bytes = memory->bytes;
  evse::ocpp::Settings equipped = settings;
  equipped.equipment = equipment;
  client = std::make_unique<evse::OcppClient>(equipped, transport, fram, clock, log);
  for (evse::Report& each : report) {
    each.energy_mwh = 1000000;
    for (int i = 0; i < 3; ++i) each.voltage_mv[i] = 230000;
    each.frequency_mhz = 50000;
    each.temperature_cc = 2500;
  }
}

void Rig::play(int connector) {
  evse::Report& now = report[connector - 1];
  const evse::Command& command = client->command(connector);
  const bool may = command.permitted && command.available && command.limit_ma >= 6000 &&
                   now.plugged && now.faults == 0;
  now.closed = may && now.vehicle_ready;
  now.offered_ma = may ? command.limit_ma : 0;
  now.phase = now.closed      ? evse::Phase::Charging
              : may           ? evse::Phase::Offering
              : now.faults != 0 ? evse::Phase::Recovering
              : now.plugged   ? evse::Phase::Plugged
                              : evse::Phase::Idle;
  for (int i = 0; i < 3; ++i) {
    now.current_ma[i] = now.closed ? static_cast<int32_t>(command.limit_ma) : 0;
    now.power_mw[i] = now.current_ma[i] * 230;
  }
}

void Rig::settle() {
  evse::ocpp::ChargePoint& inside = client->charge_point();
  for (int round = 0; round < 200; ++round) {
    for (int i = 1; i <= inside.settings.connectors; ++i) {
      play(i);
      client->report(clock.time_us, i, report[i - 1]);
    }
    client->poll(clock.time_us);
    if (!exchange() && round > 2 && transport.to_charger.empty()) return;
  }
}

bool Rig::exchange() {
  const std::vector<std::string> texts = std::move(transport.from_charger);
  transport.from_charger.clear();
  for (const std::string& text : texts) {
    seen.push_back(take_apart(text));
    if (seen.back().type == 2 && answering) hear(answer_to(seen.back()));
  }
  return !texts.empty();
}

std::string Rig::answer_to(const Sent& call) {
  if (call.action == refuse_action) {
    return "[4,\"" + call.id + "\",\"InternalError\",\"\",{}]";
  }
  const std::string info = "\"idTagInfo\":{\"status\":\"" + tag_status + "\"" +
                           (parent_tag.empty() ? "" : ",\"parentIdTag\":\"" + parent_tag + "\"") +
                           "}";
  const std::string time = evse::ocpp::format_utc(
                               kUtc + ahead_us + static_cast<int64_t>(clock.time_us)).get();
  std::string payload;
  if (call.action == "BootNotification") {
    payload = "\"status\":\"" + boot_status + "\",\"currentTime\":\"" + time +
              "\",\"interval\":" + std::to_string(interval_s);
  } else if (call.action == "Heartbeat") {
    payload = "\"currentTime\":\"" + time + "\"";
  } else if (call.action == "Authorize" || call.action == "StopTransaction") {
    payload = info;
  } else if (call.action == "StartTransaction") {
    payload = "\"transactionId\":" + std::to_string(next_transaction++) + "," + info;
  } else if (call.action == "SignCertificate") {
    payload = "\"status\":\"" + sign_status + "\"";
  }
  return "[3,\"" + call.id + "\",{" + payload + "}]";
}

void Rig::run(double seconds) {
  const uint64_t end_us = clock.time_us + static_cast<uint64_t>(seconds * 1e6);
  while (clock.time_us < end_us) {
    const uint64_t next_us = client->poll(clock.time_us);
    if (exchange()) {
      settle();  // an answer takes no time
      continue;
    }
    clock.time_us = next_us < end_us ? next_us : end_us;
    settle();
  }
}

void Rig::boot() {
  settle();
  run(1);
}

std::string Rig::call(const std::string& action, const std::string& payload) {
  const std::string id = "cs" + std::to_string(++calls_);
  hear("[2,\"" + id + "\",\"" + action + "\"," + payload + "]");
  settle();
  for (const Sent& each : seen) {
    if (each.id == id) return each.type == 4 ? each.action : each.payload;
  }
  return "";
}

void Rig::tag(const std::string& id_tag, int connector) {
  client->present_tag(clock.time_us, connector, id_tag.c_str());
  settle();
}

void Rig::plug(int connector) {
  evse::Report& now = report[connector - 1];
  now.plugged = true;
  now.vehicle_ready = true;
  now.locked = client->charge_point().settings.hardware[connector - 1].kind == evse::Kind::Socket;
  now.cable_rating_ma = 32000;
  settle();
}

void Rig::unplug(int connector) {
  evse::Report& now = report[connector - 1];
  now.plugged = false;
  now.vehicle_ready = false;
  now.locked = false;
  now.cable_rating_ma = 0;
  settle();
}

void Rig::use(double wh, int connector) {
  report[connector - 1].energy_mwh += static_cast<int64_t>(wh * 1000);
  settle();
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

namespace {

std::string text_in(const Sent& sent, const std::string& name) {
  const size_t at = sent.payload.find("\"" + name + "\":\"");
  if (at == std::string::npos) return "";
  const size_t from = at + name.size() + 4;
  return sent.payload.substr(from, sent.payload.find('"', from) - from);
}

void append(std::string& words, const std::string& word) {
  words += (words.empty() ? "" : " ") + word;
}

}  // namespace

std::string Rig::told(const std::string& action) const {
  const bool event = action == "SecurityEventNotification";
  std::string found;
  for (const Sent& each : all(action)) append(found, text_in(each, event ? "type" : "status"));
  return found;
}

std::string Rig::story() const {
  std::string found;
  for (const Sent& each : seen) {
    if (each.type != 2) continue;
    const bool connector = each.action == "StatusNotification";
    const std::string number =
        connector ? each.payload.substr(each.payload.find(':') + 1, 1) + ":" : "";
    const bool job = each.action.find("StatusNotification") != std::string::npos;
    if (job) append(found, number + text_in(each, "status"));
    if (each.action == "BootNotification") append(found, "boot");
  }
  return found;
}

std::string Rig::statuses(int connector) const {
  std::string found;
  const std::string where = "\"connectorId\":" + std::to_string(connector) + ",";
  for (const Sent& each : all("StatusNotification")) {
    if (!each.has(where)) continue;
    const size_t from = each.payload.find("\"status\":\"") + 10;
    if (!found.empty()) found += " ";
    found += each.payload.substr(from, each.payload.find('"', from) - from);
  }
  return found;
}

}  // namespace bench
