from config import translations


def pytest_configure():
    """The screens are tested in Chinese, so the translations of the working tree are compiled first."""
    translations.compile_all(translations.BASE_DIR)
