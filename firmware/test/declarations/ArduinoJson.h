// arduinojson.org/v6/api: what is read of an answer
#pragma once

class JsonVariant {
 public:
  JsonVariant operator[](const char* key) const;
  const char* operator|(const char* otherwise) const;
};

class JsonObject {
 public:
  JsonVariant operator[](const char* key) const;
};
