import threading
import urllib.request
from http.server import HTTPServer

from storefront.main import Storefront


def test_price():
    server = HTTPServer(("127.0.0.1", 0), Storefront)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/apple") as answer:
        assert answer.read().startswith(b"apple")
    server.shutdown()
