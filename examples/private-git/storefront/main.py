"""Answers with a price, which the company's own library knows: GET /apple"""

from http.server import BaseHTTPRequestHandler, HTTPServer

import omnibus


class Storefront(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(omnibus.price(self.path.strip("/")).encode())


def main():
    HTTPServer(("", 8000), Storefront).serve_forever()
