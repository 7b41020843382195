// libraries/WebServer/src/WebServer.h of the Arduino core 2.0.17
#pragma once

#include <functional>

#include "Arduino.h"

typedef enum { HTTP_GET = 1, HTTP_POST = 3 } HTTPMethod;

class WebServer {
 public:
  typedef std::function<void(void)> THandlerFunction;
  explicit WebServer(int port = 80);
  void begin();
  void handleClient();
  void on(const char* uri, HTTPMethod method, THandlerFunction handler);
  void onNotFound(THandlerFunction handler);
  String arg(const String& name);
  void send(int code, const char* content_type, const String& content);
};
