Submit.run()
