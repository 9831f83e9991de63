import httpx


def main() -> None:
    print(f"hello from greet, with httpx {httpx.__version__}")
