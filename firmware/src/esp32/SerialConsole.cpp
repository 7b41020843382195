#include "SerialConsole.h"

namespace evse::esp32 {

namespace {

constexpr unsigned kLongestLine = 256;

}  // namespace

void SerialConsole::poll() {
  while (Serial.available() > 0) {
    const char letter = static_cast<char>(Serial.read());
    if (letter == '\r') continue;
    if (letter != '\n') {
      too_long_ = too_long_ || line_.length() == kLongestLine;
      if (!too_long_) line_ += letter;
      continue;
    }
    line_.trim();
    if (too_long_) {
      Serial.println("nothing done: longer than 256 characters; use the setup page");
    } else if (line_.length() > 0) {
      obey(line_);
    }
    line_ = "";
    too_long_ = false;
  }
}

void SerialConsole::obey(const String& line) {
  const int space = line.indexOf(' ');
  const String word = space < 0 ? line : line.substring(0, static_cast<unsigned>(space));
  String rest = space < 0 ? String("") : line.substring(static_cast<unsigned>(space + 1));
  rest.trim();
  if (word == "help") {
    help();
  } else if (word == "show") {
    show();
  } else if (word == "status") {
    status();
  } else if (word == "set") {
    const int between = rest.indexOf(' ');
    const String key = between < 0 ? rest : rest.substring(0, static_cast<unsigned>(between));
    const String value =
        between < 0 ? String("") : rest.substring(static_cast<unsigned>(between + 1));
    const char* why = settings_.set(evse_, key, value);
    Serial.println(why == nullptr ? "written; counts from the next start on" : why);
  } else if (command(word, rest)) {
    evse_.command(command_);
  } else if (word == "restart") {
    ESP.restart();
  } else {
    Serial.println("nothing done: see help");
  }
}

// What the charging process is asked for. False: it is no such word, or not ours to say.
bool SerialConsole::command(const String& word, const String& rest) {
  if (word != "permit" && word != "clear-faults" && word != "unlock") return false;
  if (ocpp_.on()) {
    Serial.println("the central system says what happens; unset ocpp_url to say it here");
    return false;
  }
  if (word == "clear-faults") {
    ++command_.clear_faults_count;
  } else if (word == "unlock") {
    ++command_.unlock_count;
  } else {
    command_.permitted = rest != "off";
    command_.limit_ma = kHardware.charger.rating_ma;
    command_.phases = kHardware.charger.phases;
  }
  return true;
}

void SerialConsole::help() {
  Serial.println("status | show | set KEY VALUE | permit | permit off | clear-faults | unlock | restart");
  for (const Setting& setting : kSettings) {
    Serial.printf("  %-16s %s\n", setting.key, setting.about);
  }
}

void SerialConsole::show() {
  for (const Setting& setting : kSettings) {
    const String value = settings_.text(setting.key);
    const char* shown = value.length() == 0 ? "(not set)" : setting.secret ? "(set)" : value.c_str();
    // Whoever holds the cable may know the setup network's password: it is no key to anything else.
    const bool setup = strcmp(setting.key, "setup_password") == 0;
    Serial.printf("%s = %s\n", setting.key, setup ? value.c_str() : shown);
  }
}

void SerialConsole::status() {
  const Report report = evse_.report();
  Serial.printf("phase %u state %c closed %d faults 0x%05x offered %u mA energy %lld mWh\n",
                static_cast<unsigned>(report.phase), "ABCDEF"[static_cast<int>(report.state)],
                report.closed, static_cast<unsigned>(report.faults),
                static_cast<unsigned>(report.offered_ma),
                static_cast<long long>(report.energy_mwh));
  for (int line = 0; line < kHardware.lines; ++line) {
    Serial.printf("L%d %d mV %d mA %d mW\n", line + 1, static_cast<int>(report.voltage_mv[line]),
                  static_cast<int>(report.current_ma[line]),
                  static_cast<int>(report.power_mw[line]));
  }
}

}  // namespace evse::esp32
