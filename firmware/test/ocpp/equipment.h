// What a charger may have beyond a network and a memory, played by the test.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hal/equipment.h"

namespace bench {

// Two slots. Each step is done when it is looked at for the second time, or has failed.
class Updater final : public evse::hal::Updater {
 public:
  const char* schemes() const override { return "HTTP,HTTPS"; }
  bool fetches_while_charging() const override { return beside_charging; }
  void download(const char* url) override { begin("download", url); }
  void verify(const uint8_t* key, int key_size, const uint8_t* signature,
              int signature_size) override;
  void install() override { begin("install", ""); }
  void abandon() override { now = State::Idle; }
  State state() override;
  const char* why() const override { return "so the test wants it"; }
  uint8_t running_slot() const override { return slot; }

  bool beside_charging = true;
  std::string fails;   // this step does
  bool holds = false;  // steps do not come to their end
  uint8_t slot = 0;
  std::vector<std::string> steps;  // that were begun, such as "download http://…"
  State now = State::Idle;

 private:
  void begin(const std::string& step, const std::string& with);
  bool looked_at_ = false;
};

class Uploader final : public evse::hal::Uploader {
 public:
  const char* schemes() const override { return "HTTP,HTTPS,FTP"; }
  void begin(const char* url, const char* name) override;
  int put(const char* text, int size) override;
  void finish() override;
  void abandon() override { now = State::Idle; }
  State state() override { return now; }
  const char* why() const override { return "so the test wants it"; }

  State result = State::Done;
  bool holds = false;  // takes nothing
  int begun = 0;
  std::string url, name, text;
  State now = State::Idle;
};

// Certificates that are words: "good …" is good for everything, all else is bad.
class Certificates final : public evse::hal::Certificates {
 public:
  int roots(evse::hal::RootKind kind) const override;
  int most_roots() const override { return 3; }
  bool root(evse::hal::RootKind kind, int index, evse::hal::Digest digest,
            evse::hal::CertificateHash& hash) const override;
  evse::hal::Taken install(evse::hal::RootKind kind, const char* pem, int64_t utc_us) override;
  bool remove(evse::hal::RootKind kind, int index) override;
  bool has_own() const override { return !chain.empty(); }
  bool own(evse::hal::Digest digest, evse::hal::CertificateHash& hash) const override;
  bool own_validity(int64_t& from_utc_us, int64_t& until_utc_us) const override;
  void request(const char* common_name, const char* organisation) override;
  bool requested() const override { return !pem.empty(); }
  const char* request_pem() override { return pem.c_str(); }
  void forget_request() override { pem.clear(); }
  evse::hal::Taken take_own(const char* chain_pem, int64_t utc_us) override;
  bool has_previous_own() const override { return !previous.empty(); }
  void confirm_own() override { previous.clear(); }
  void go_back_to_previous_own() override;
  int signer_key(const char* text, int64_t utc_us, uint8_t* key, int capacity) override;
  const char* why() const override { return "it is not good"; }

  std::map<evse::hal::RootKind, std::vector<std::string>> installed;
  bool locked = false;  // the memory takes nothing now
  std::string chain, previous, pem;
  int requests = 0;
  int64_t until_utc_us = INT64_MAX;
};

struct Parts {
  Updater updater;
  Uploader uploader;
  Certificates certificates;
  evse::hal::Equipment files() { return {&updater, &uploader, nullptr}; }
  evse::hal::Equipment all() { return {&updater, &uploader, &certificates}; }
};

}  // namespace bench
