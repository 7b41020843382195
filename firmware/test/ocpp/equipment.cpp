#include "equipment.h"

#include <string.h>

#include <algorithm>

namespace bench {

using evse::hal::CertificateHash;
using evse::hal::Digest;
using evse::hal::RootKind;
using evse::hal::Taken;

void Updater::begin(const std::string& step, const std::string& with) {
  steps.push_back(with.empty() ? step : step + " " + with);
  now = State::Working;
  looked_at_ = false;
}

void Updater::verify(const uint8_t* key, int key_size, const uint8_t* signature,
                     int signature_size) {
  const std::string by(reinterpret_cast<const char*>(key), static_cast<size_t>(key_size));
  begin("verify", by + " " + std::string(reinterpret_cast<const char*>(signature),
                                         static_cast<size_t>(signature_size)));
}

Updater::State Updater::state() {
  if (now == State::Working && looked_at_ && !holds) {
    const bool failed = !fails.empty() && steps.back().compare(0, fails.size(), fails) == 0;
    now = failed ? State::Failed : State::Done;
    if (!failed && steps.back() == "install") slot = slot == 0 ? 1 : 0;
  }
  looked_at_ = true;
  return now;
}

void Uploader::begin(const char* to, const char* as) {
  ++begun;
  url = to;
  name = as;
  text.clear();
  now = State::Sending;
}

int Uploader::put(const char* bytes, int size) {
  if (holds) return 0;
  const int taken = std::min(size, 50);
  text.append(bytes, static_cast<size_t>(taken));
  return taken;
}

void Uploader::finish() { now = result; }

namespace {

bool good(const char* pem) { return strncmp(pem, "good ", 5) == 0; }

void hash_of(const std::string& pem, Digest digest, CertificateHash& hash) {
  const std::string serial = std::to_string(pem.size()) + "abc";
  const char* name = digest == Digest::Sha256 ? "0123456789abcdef" : "fedcba9876543210";
  strncpy(hash.issuer_name, name, sizeof hash.issuer_name - 1);
  strncpy(hash.issuer_key, pem.c_str() + 5, sizeof hash.issuer_key - 1);
  strncpy(hash.serial, serial.c_str(), sizeof hash.serial - 1);
}

}  // namespace

int Certificates::roots(RootKind kind) const {
  const auto found = installed.find(kind);
  return found == installed.end() ? 0 : static_cast<int>(found->second.size());
}

bool Certificates::root(RootKind kind, int index, Digest digest, CertificateHash& hash) const {
  hash_of(installed.at(kind)[static_cast<size_t>(index)], digest, hash);
  return true;
}

Taken Certificates::install(RootKind kind, const char* text, int64_t) {
  if (!good(text)) return Taken::Bad;
  if (locked) return Taken::Failed;
  if (roots(RootKind::Central) + roots(RootKind::Manufacturer) == most_roots()) return Taken::Full;
  installed[kind].emplace_back(text);
  return Taken::Good;
}

bool Certificates::remove(RootKind kind, int index) {
  if (locked) return false;
  installed[kind].erase(installed[kind].begin() + index);
  return true;
}

bool Certificates::own(Digest digest, CertificateHash& hash) const {
  if (chain.empty()) return false;
  hash_of(chain, digest, hash);
  return true;
}

bool Certificates::own_validity(int64_t& from_utc_us, int64_t& until) const {
  from_utc_us = 0;
  until = until_utc_us;
  return !chain.empty();
}

void Certificates::request(const char* common_name, const char* organisation) {
  ++requests;
  pem = "REQUEST " + std::to_string(requests) + "\nCN=" + common_name + " O=" + organisation;
}

Taken Certificates::take_own(const char* chain_pem, int64_t) {
  if (!good(chain_pem)) return Taken::Bad;
  if (locked) return Taken::Failed;
  previous = chain;
  chain = chain_pem;
  pem.clear();
  return Taken::Good;
}

void Certificates::go_back_to_previous_own() {
  chain = previous;
  previous.clear();
}

int Certificates::signer_key(const char* text, int64_t, uint8_t* key, int capacity) {
  const auto size = static_cast<int>(strlen(text));
  if (!good(text) || size > capacity) return 0;
  memcpy(key, text, static_cast<size_t>(size));
  return size;
}

}  // namespace bench
